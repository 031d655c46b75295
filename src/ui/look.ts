/** The marks and colours by which people tell how a task stands, with words where the terminal has no glyphs. */
import type { ChalkInstance } from 'chalk';
import type { Standing } from '../reports/index.ts';
import { clip, clipMiddle, displayWidth, padTo } from '../reports/index.ts';
import type { Terminal } from './terminal.ts';

export interface Look {
  readonly chalk: ChalkInstance;
  /** All of one width. */
  readonly marks: Readonly<Record<Standing | 'warning', string>>;
  /** What need not catch the eye is painted as a whole. */
  readonly quiet: ReadonlySet<Standing>;
  readonly spinner: readonly string[];
  readonly ellipsis: string;
  readonly dot: string;
  readonly arrow: string;
}

const GLYPHS = {
  failed: '✖',
  tolerated: '▲',
  cancelled: '■',
  paused: '‖',
  running: '●',
  waiting: '·',
  awaiting: '◇',
  skipped: '–',
  reused: '↺',
  succeeded: '✔',
  warning: '!',
};
const WORDS = {
  failed: 'FAIL',
  tolerated: 'warn',
  cancelled: 'STOP',
  paused: 'hold',
  running: 'run ',
  waiting: '... ',
  awaiting: 'gate',
  skipped: 'skip',
  reused: 'same',
  succeeded: 'ok  ',
  warning: '!   ',
};

const QUIET: ReadonlySet<Standing> = new Set(['waiting', 'skipped']);

export function lookOf({ chalk, unicode }: Pick<Terminal, 'chalk' | 'unicode'>): Look {
  return unicode
    ? { chalk, quiet: QUIET, marks: GLYPHS, spinner: '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'.split(''), ellipsis: '…', dot: '·', arrow: '←' }
    : {
        chalk,
        quiet: QUIET,
        marks: WORDS,
        spinner: ['run|', 'run/', 'run-', 'run\\'],
        ellipsis: '...',
        dot: '-',
        arrow: '<-',
      };
}

/** The colour of a standing; identity where there is none. */
export function paintOf(look: Look, standing: Standing | 'warning'): (text: string) => string {
  const { chalk } = look;
  const paints = {
    failed: chalk.red,
    tolerated: chalk.yellow,
    cancelled: chalk.magenta,
    paused: chalk.yellow,
    running: chalk.cyan,
    waiting: chalk.dim,
    awaiting: chalk.yellow,
    skipped: chalk.dim,
    reused: chalk.blue,
    succeeded: chalk.green,
    warning: chalk.yellow,
  };
  return paints[standing];
}

/** A piece of a line: its text is measured before it is painted. */
export interface Piece {
  readonly text: string;
  readonly paint?: (text: string) => string;
  /** Filled up or cut to this many columns; `middle` keeps both ends. */
  readonly width?: number;
  readonly cut?: 'end' | 'middle';
}

/** The pieces one after another, nothing beyond `columns`. */
export function layLine(pieces: readonly Piece[], columns: number, ellipsis: string): string {
  let line = '';
  let room = columns;
  for (const { text, paint, width, cut } of pieces) {
    if (room <= 0) break;
    const wanted = Math.min(width ?? displayWidth(text), room);
    const fitted = padTo(
      (cut === 'middle' ? clipMiddle : clip)(text, wanted, displayWidth(ellipsis) < wanted ? ellipsis : ''),
      width === undefined ? 0 : wanted,
    );
    room -= displayWidth(fitted);
    line += paint && fitted.trim() !== '' ? paint(fitted) : fitted;
  }
  return line;
}
