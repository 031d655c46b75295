/** The logs of a run, a line each: whose, how large, and how the leg stands. */
import { cleanText, displayWidth, type LegView } from '../reports/index.ts';
import { formatBytes } from '../shared/quantity.ts';
import { wordsFor } from './leg-words.ts';
import { type Look, layLine, paintOf } from './look.ts';

export interface LogEntry {
  readonly leg: LegView;
  /** Of the log so far; missing when there is none. */
  readonly bytes?: number;
}

export interface LogListInput {
  readonly entries: readonly LogEntry[];
  readonly look: Look;
  readonly columns: number;
  /** Whether the run is. */
  readonly over: boolean;
}

const SIZE = 8;

/** Ends with a line end; empty when there is no leg. */
export function renderLogList({ entries, look, columns, over }: LogListInput): string {
  const widest = entries.reduce((most, { leg }) => Math.max(most, displayWidth(cleanText(leg.id))), 0);
  const room = columns - displayWidth(look.marks.running) - 1 - SIZE;
  // A name is what people copy from here: it is cut last.
  const width = Math.max(8, Math.min(widest, room));
  const lines = entries.map(({ leg, bytes }) => {
    const { standing } = leg;
    return layLine(
      [
        { text: `${look.marks[standing]} `, paint: paintOf(look, standing) },
        { text: cleanText(leg.id), width, cut: 'middle' },
        { text: (bytes === undefined ? look.dot : formatBytes(bytes)).padStart(SIZE) },
        { text: `  ${cleanText(wordsFor(leg, over))}`, paint: look.chalk.dim },
      ],
      columns,
      look.ellipsis,
    ).trimEnd();
  });
  return lines.map((line) => `${line}\n`).join('');
}
