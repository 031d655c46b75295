/** The logs of a run, a line each: whose, how large, and how the leg stands. */
import { cleanText, displayWidth } from '../reports/index.ts';
import { formatBytes } from '../shared/quantity.ts';
import { type LegState, standingOf, wordsFor } from './leg-state.ts';
import { type Look, layLine, paintOf } from './look.ts';

export interface LogEntry extends LegState {
  /** What `orch logs` takes. */
  readonly leg: string;
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
  const widest = entries.reduce((most, { leg }) => Math.max(most, displayWidth(cleanText(leg))), 0);
  const room = columns - displayWidth(look.marks.running) - 1 - SIZE;
  // A name is what people copy from here: it is cut last.
  const width = Math.max(8, Math.min(widest, room));
  const lines = entries.map((entry) => {
    const standing = standingOf(entry);
    return layLine(
      [
        { text: `${look.marks[standing]} `, paint: paintOf(look, standing) },
        { text: cleanText(entry.leg), width, cut: 'middle' },
        { text: (entry.bytes === undefined ? look.dot : formatBytes(entry.bytes)).padStart(SIZE) },
        { text: `  ${cleanText(wordsFor(entry, over))}`, paint: look.chalk.dim },
      ],
      columns,
      look.ellipsis,
    ).trimEnd();
  });
  return lines.map((line) => `${line}\n`).join('');
}
