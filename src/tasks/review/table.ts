/** Tables among lines of Markdown, as GitHub reads them. */
import type { MarkdownLine } from '../contracts/markdown.ts';

export interface TableRow {
  readonly cells: readonly string[];
  /** From 1, in the file. */
  readonly line: number;
}

export interface Table {
  readonly head: TableRow;
  readonly rows: readonly TableRow[];
}

/** Each begins with a head and a rule below it, and ends with the first line that has no bar. */
export function readTables(lines: readonly MarkdownLine[]): readonly Table[] {
  const tables: Table[] = [];
  let at = 0;
  while (at + 1 < lines.length) {
    const head = rowOf(lines[at]);
    if (head === undefined || !isRule(lines[at + 1], head.cells.length)) {
      at += 1;
      continue;
    }
    const rows: TableRow[] = [];
    for (at += 2; at < lines.length; at += 1) {
      const row = rowOf(lines[at]);
      if (row === undefined) break;
      rows.push(row);
    }
    tables.push({ head, rows });
  }
  return tables;
}

function rowOf(line: MarkdownLine | undefined): TableRow | undefined {
  if (line === undefined || !line.text.includes('|')) return undefined;
  return { cells: splitCells(line.text.trim()), line: line.number };
}

function isRule(line: MarkdownLine | undefined, width: number): boolean {
  const cells = rowOf(line)?.cells ?? [];
  return cells.length === width && cells.every((cell) => /^:?-+:?$/.test(cell));
}

/** A bar behind a backslash is a bar of the cell. The outer bars of a row may be left out. */
function splitCells(text: string): readonly string[] {
  const cells = [''];
  for (let at = 0; at < text.length; at += 1) {
    const isEscaped = text[at] === '\\' && text[at + 1] === '|';
    if (isEscaped) at += 1;
    if (text[at] === '|' && !isEscaped) cells.push('');
    else cells[cells.length - 1] += text.charAt(at);
  }
  if (text.startsWith('|')) cells.shift();
  if (text.endsWith('|') && !text.endsWith('\\|')) cells.pop();
  return cells.map((cell) => cell.trim());
}
