/** The line of a file that a diagnostic is about, safe to print, with the place marked below it. */
import { displayWidth } from '../reports/index.ts';
import type { SourceRange } from '../shared/source.ts';

export interface Excerpt {
  /** Cut to the width asked for, with an ellipsis where something is left out. */
  readonly line: string;
  /** Spaces and carets, in the columns of `line`. */
  readonly marks: string;
}

const TAB = 4;
const ELLIPSIS = '…';

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly marked: boolean;
}

/** The first line of the range, at most `columns` wide; undefined when the text has no such line. */
export function excerptOf(text: string, range: SourceRange, columns: number): Excerpt | undefined {
  const line = lineOf(text, range.start.line);
  if (line === undefined) return undefined;
  const start = Math.min(range.start.column - 1, line.length);
  const end = range.end.line > range.start.line ? line.length : Math.min(range.end.column - 1, line.length);
  // A line may be as long as the file: what cannot be shown is not looked at either.
  const from = leadBefore(line, { start, end }, columns);
  const shown = line.slice(from, start + 2 * columns);
  const cells = cellsOf(shown, from, { start, end });
  return window(cells, { columns, cutBefore: from > 0, cutAfter: from + shown.length < line.length });
}

/** Lines end at line feeds alone, as YAML's do; a carriage return before one is no part of the line. */
function lineOf(text: string, number: number): string | undefined {
  let from = 0;
  for (let line = 1; line < number; line++) {
    const end = text.indexOf('\n', from);
    if (end === -1) return undefined;
    from = end + 1;
  }
  const end = text.indexOf('\n', from);
  const line = text.slice(from, end === -1 ? text.length : end);
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** Where to begin a line that does not fit, so that the marked place is shown with something before it. */
function leadBefore(line: string, range: Offsets, columns: number): number {
  if (range.end < columns && widthOf(cellsOf(line.slice(0, range.end), 0, range)) < columns) return 0;
  const from = Math.max(0, range.start - Math.floor(columns / 3));
  // Not between the halves of a surrogate pair.
  return isLowSurrogate(line, from) ? from - 1 : from;
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((width, cell) => width + cell.width, 0);
}

function isLowSurrogate(line: string, index: number): boolean {
  const code = line.charCodeAt(index);
  return code >= 0xdc00 && code <= 0xdfff;
}

/** In the line, from 0; `end` is after the last character. */
interface Offsets {
  readonly start: number;
  readonly end: number;
}

function cellsOf(shown: string, from: number, range: Offsets): readonly Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  let offset = from;
  for (const char of shown) {
    const text = char === '\t' ? ' '.repeat(TAB - (column % TAB)) : visible(char);
    const width = displayWidth(text);
    const marked = offset >= range.start && offset < Math.max(range.end, range.start + 1);
    cells.push({ text, width, marked });
    column += width;
    offset += char.length;
  }
  // A place at the very end of a line, where something is missing.
  if (range.start >= offset) cells.push({ text: ' ', width: 1, marked: true });
  return cells;
}

/** A sign for what a terminal would obey or hide; one sign a character keeps the columns right. */
function visible(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '␡';
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(char) ? '�' : char;
}

interface Cut {
  readonly columns: number;
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
}

function window(cells: readonly Cell[], { columns, cutBefore, cutAfter }: Cut): Excerpt {
  const fitting: Cell[] = [];
  let room = columns - (cutBefore ? 1 : 0) - 1;
  for (const cell of cells) {
    room -= cell.width;
    if (room < 0) break;
    fitting.push(cell);
  }
  const before = cutBefore ? ELLIPSIS : '';
  const after = cutAfter || fitting.length < cells.length ? ELLIPSIS : '';
  const text = fitting.map((cell) => cell.text).join('');
  const marks = fitting.map((cell) => (cell.marked ? '^' : ' ').repeat(cell.width)).join('');
  return { line: `${before}${text}${after}`.trimEnd(), marks: `${' '.repeat(before.length)}${marks}`.trimEnd() };
}
