/** Standard output as a place to show things: what it can do, and how wide it is. */
import { type Look, lookOf, openTerminal, type Terminal } from '../ui/index.ts';

export interface Display {
  readonly terminal: Terminal;
  readonly look: Look;
  /** How wide lines may be: the terminal's width, or what `watch` and the like say of theirs. */
  readonly columns: number;
}

/** Wide enough for most, in a file or a pipe. */
const UNKNOWN = 120;

export function openDisplay(): Display {
  const terminal = openTerminal(process.stdout, process.env);
  const told = Number(process.env['COLUMNS']);
  const columns = process.stdout.isTTY ? terminal.size().columns : told > 0 ? told : UNKNOWN;
  return { terminal, look: lookOf(terminal), columns: Math.max(20, columns) };
}
