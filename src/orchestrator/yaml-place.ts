/** Where in a YAML text something stands: offsets of the parser as lines and columns, and diagnostics that point there. */
import type { LineCounter } from 'yaml';
import type { Diagnostic } from '../shared/diagnostic.ts';
import type { SourceRange } from '../shared/source.ts';

export interface Source {
  readonly file: string;
  readonly lines: LineCounter;
  /** Of the text, in UTF-16 units. */
  readonly length: number;
}

export type Offsets = readonly [start: number, end: number];

export function problem(source: Source, code: string, message: string, offsets: Offsets): Diagnostic {
  return { severity: 'error', code, message, at: { file: source.file, range: rangeOf(source, offsets) } };
}

export function rangeOf(source: Source, [start, end]: Offsets): SourceRange {
  return { start: position(source, start), end: position(source, Math.max(start, end)) };
}

function position(source: Source, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = source.lines.linePos(Math.max(0, Math.min(offset, source.length)));
  return { line, column: col };
}
