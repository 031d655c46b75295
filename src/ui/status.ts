/** Where a run stands, at a glance: a line for the run, a line a leg, and why what failed did. */
import { cleanText, clip, countsInWords, displayWidth, plural, type Standing, wrapText } from '../reports/index.ts';
import { formatDuration } from '../shared/quantity.ts';
import { type LegState, standingOf, wordsFor } from './leg-state.ts';
import { type Look, layLine, type Piece, paintOf } from './look.ts';

export interface StatusView {
  readonly run: string;
  readonly name?: string;
  /** ISO 8601, like every time here. */
  readonly started?: string;
  readonly state: 'starting' | 'running' | 'cancelling' | 'finished' | 'crashed';
  /** Why it is being cancelled. */
  readonly message?: string;
  readonly result?: 'success' | 'failure' | 'cancelled' | 'incomplete';
  readonly legs: readonly StatusLeg[];
  /** The last event that was seen. */
  readonly last?: { readonly time: string };
}

export interface StatusLeg extends LegState {
  readonly name: string;
  /** When it came into this state. */
  readonly since: string;
  readonly attempt?: { readonly number: number; readonly of: number };
  /** Milliseconds, of a leg that is over. */
  readonly duration?: number;
}

export interface StatusInput {
  readonly view: StatusView;
  readonly look: Look;
  readonly columns: number;
  /** Milliseconds since 1970, to compare with the run's times. */
  readonly now: number;
  /** Commands to type next, with what for. */
  readonly next: readonly (readonly [string, string])[];
}

/** A reason that needs more lines is in the summary. */
const REASON_LINES = 3;

/** Ends with a line end. */
export function renderStatus(input: StatusInput): string {
  const { view, look, columns, next } = input;
  const rows = view.legs.flatMap(rowMaker(input));
  const widest = next.reduce((most, [what]) => Math.max(most, what.length), 0);
  const commands = next.map(([what, command]) => `${what.padEnd(widest)}  ${look.chalk.cyan(command)}`);
  const blocks = [
    head(input),
    rows,
    view.legs.length === 0 ? [] : wrapText(countsOf(view), columns).map((line) => look.chalk.bold(line)),
    commands,
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join(''))
    .join('\n');
}

function head(input: StatusInput): string[] {
  const { view, look, columns } = input;
  const { chalk } = look;
  const paint = HEAD_PAINT[view.state === 'finished' ? (view.result ?? 'success') : view.state];
  const title = `${cleanText(view.name ?? 'run')} ${look.dot} ${view.run}`;
  const words = wrapText(cleanText(headWords(input)), columns).map((line) => chalk[paint](line));
  return [...wrapText(title, columns).map((line) => chalk.bold(line)), ...words];
}

const HEAD_PAINT = {
  starting: 'cyan',
  running: 'cyan',
  cancelling: 'yellow',
  crashed: 'red',
  success: 'green',
  incomplete: 'yellow',
  failure: 'red',
  cancelled: 'yellow',
} as const;

const RESULTS = {
  success: 'succeeded',
  failure: 'failed',
  cancelled: 'was cancelled',
  incomplete: 'is incomplete',
} as const;

function headWords({ view, now }: StatusInput): string {
  const { state, started, last, message, result = 'success' } = view;
  switch (state) {
    case 'starting':
      return 'starting';
    case 'running':
      return started === undefined ? 'running' : `running for ${span(started, now)}`;
    case 'cancelling':
      return message === undefined ? 'stopping' : `stopping: ${message}`;
    case 'crashed': {
      const heard = last === undefined ? '' : `; the last that was heard of it is ${span(last.time, now)} old`;
      return `crashed: its process is gone, and it did not come to its end${heard}`;
    }
    case 'finished': {
      if (started === undefined || last === undefined) return RESULTS[result];
      return `${RESULTS[result]} after ${formatDuration(between(started, last.time))}, ${span(last.time, now)} ago`;
    }
  }
}

/** The lines of a leg; columns are the same for all of them. */
function rowMaker({ view, look, columns, now }: StatusInput): (leg: StatusLeg) => string[] {
  const widest = view.legs.reduce((most, { name }) => Math.max(most, displayWidth(cleanText(name))), 0);
  const mark = displayWidth(look.marks.running) + 1;
  const name = Math.max(8, Math.min(widest, 36, columns - mark - TIME));
  const retried = view.legs.some(({ attempt }) => (attempt?.of ?? 1) > 1);
  const attempts = retried && columns - mark - TIME - name >= 5 ? 5 : 0;
  const room = columns - mark - name - attempts - TIME - 2;
  const over = view.state === 'finished' || view.state === 'crashed';
  return (leg) => {
    const standing = standingOf(leg);
    const paint = paintOf(look, over && standing === 'running' ? 'failed' : standing);
    const { beside, below } = place(leg, wordsFor(leg, over), room);
    const line = layLine(
      [
        { text: `${look.marks[standing]} `, paint },
        nameOf(leg, name, look),
        { text: attemptOf(leg), width: attempts, paint: look.chalk.yellow },
        { text: elapsed(leg, over, now).padStart(TIME), paint: look.chalk.dim },
        { text: beside === '' ? '' : `  ${beside}`, paint: standing === 'failed' ? paint : look.chalk.dim },
      ],
      columns,
      look.ellipsis,
    );
    const more = shorten(wrapText(below, columns - mark), look);
    return [line.trimEnd(), ...more.map((text) => `${' '.repeat(mark)}${paint(text)}`)];
  };
}

/** What fits stands beside the name, the rest below; what the mark alone says well enough may go. */
function place(leg: StatusLeg, said: string, room: number): { readonly beside: string; readonly below: string } {
  const words = cleanText(said);
  const reason = cleanText(leg.reason ?? '');
  const whole = reason === '' ? words : `${words}: ${reason}`;
  if (displayWidth(whole) <= room) return { beside: whole, below: '' };
  if (displayWidth(words) <= room) return { beside: words, below: reason };
  return { beside: '', below: OBVIOUS.has(standingOf(leg)) ? '' : whole };
}

const TIME = 8;
const OBVIOUS: ReadonlySet<Standing> = new Set(['waiting', 'succeeded', 'reused']);

function nameOf(leg: StatusLeg, width: number, look: Look): Piece {
  const piece: Piece = { text: cleanText(leg.name), width, cut: 'middle' };
  return look.quiet.has(standingOf(leg)) ? { ...piece, paint: look.chalk.dim } : piece;
}

function shorten(lines: readonly string[], look: Look): readonly string[] {
  const last = lines[REASON_LINES - 1];
  if (lines.length <= REASON_LINES || last === undefined) return lines;
  const cut = clip(`${last}${look.ellipsis}`, displayWidth(last), look.ellipsis);
  return [...lines.slice(0, REASON_LINES - 1), cut];
}

function attemptOf({ attempt }: StatusLeg): string {
  return attempt !== undefined && attempt.of > 1 ? ` ${attempt.number}/${attempt.of}` : '';
}

function elapsed(leg: StatusLeg, over: boolean, now: number): string {
  if (leg.duration !== undefined) return formatDuration(leg.duration);
  return leg.state === 'running' && !over ? span(leg.since, now) : '';
}

function countsOf({ legs, state }: StatusView): string {
  const over = state === 'finished' || state === 'crashed';
  const counts: Record<Standing, number> = { ...NONE };
  for (const leg of legs) counts[standingOf(leg)] += 1;
  const told = countsInWords({ counts }, over);
  if (over) return told;
  return `${legs.length - counts.running - counts.waiting} of ${plural(legs.length, 'task')} done; ${told}`;
}

const NONE: Readonly<Record<Standing, number>> = {
  failed: 0,
  tolerated: 0,
  cancelled: 0,
  running: 0,
  waiting: 0,
  skipped: 0,
  reused: 0,
  succeeded: 0,
};

function span(since: string, now: number): string {
  return formatDuration(Math.max(0, now - Date.parse(since)) || 0);
}

function between(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from)) || 0;
}
