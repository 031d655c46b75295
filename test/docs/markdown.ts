/** Reads tables and code out of the project's Markdown, where a comment names them. */
import { readFileSync } from 'node:fs';

export interface CodeBlock {
  readonly file: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** What a comment on the line before says, such as `run: 1`. */
  readonly note: string | undefined;
}

/** The rows below the head of the table that follows `<!-- table: NAME -->`; cells without the white space around. */
export function readTable(file: string, name: string): readonly (readonly string[])[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const start = lines.indexOf(`<!-- table: ${name} -->`);
  if (start < 0) throw new Error(`${file} has no table ${name}`);
  const rows: string[][] = [];
  for (const line of lines.slice(start + 1)) {
    if (!line.startsWith('|')) break;
    rows.push(
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  }
  return rows.slice(2);
}

/** The piece of code that a cell begins with. */
export function codeOf(cell: string | undefined): string {
  const code = /^`([^`]+)`/.exec(cell ?? '')?.[1];
  if (code === undefined) throw new Error(`no code in the cell "${cell}"`);
  return code;
}

/** Every fenced block of a file. */
export function codeBlocks(file: string): readonly CodeBlock[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const blocks: CodeBlock[] = [];
  for (let start = 0; start < lines.length; start++) {
    const language = /^```(\w*)$/.exec(lines[start] ?? '')?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf('```', start + 1);
    if (end < 0) throw new Error(`${file}:${start + 1}: the block has no end`);
    const note = /^<!-- (.+) -->$/.exec(lines[start - 1] ?? '')?.[1];
    blocks.push({ file, line: start + 1, language, code: `${lines.slice(start + 1, end).join('\n')}\n`, note });
    start = end;
  }
  return blocks;
}
