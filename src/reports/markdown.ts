/** Markdown that says exactly what it is given: escaped for GitHub, and aligned for those who read the plain text. */
import { cleanOutput, cleanText, clip, clipMiddle, displayWidth, padTo } from './text.ts';

/** Text that has been escaped already; only the functions of this file make it. */
export interface Markdown {
  readonly markdown: string;
}

export type Cell = string | Markdown;

/** Prose: nothing in it can start a link, a tag, a mention or emphasis. Clipped to `limit` columns. */
export function prose(text: string, limit = 400): Markdown {
  const escaped = clip(cleanText(text), limit)
    .replace(/[\\`*_[\]<>|~$#]/g, '\\$&')
    .replace(/&/g, '&amp;')
    // Without their trigger character these do not become links or notify people.
    .replace(/@(?=\w)/g, '&#64;')
    .replace(/:\/\//g, '&#58;//')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}&#46;`);
  return { markdown: escaped.replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2').replace(/^[-+=]/, '\\$&') };
}

/** A name in a table, cut in the middle: legs of a matrix differ at their end. */
export function proseName(name: string): Markdown {
  return prose(clipMiddle(cleanText(name), 60), 60);
}

/** A code span, in which nothing but the pipes of a table needs escaping. */
export function code(text: string, limit = 200): Markdown {
  const clean = clip(cleanText(text), limit);
  if (clean === '') return { markdown: '' };
  const longest = Math.max(0, ...(clean.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = clean.startsWith('`') || clean.endsWith('`') ? ' ' : '';
  return { markdown: `${fence}${pad}${clean}${pad}${fence}` };
}

export function strong(text: Cell): Markdown {
  return { markdown: `**${render(text)}**` };
}

/** Pieces joined; plain strings among them are the report's own words and stay as they are. */
export function words(...pieces: readonly Cell[]): Markdown {
  return { markdown: pieces.map((piece) => (typeof piece === 'string' ? piece : piece.markdown)).join('') };
}

export function list(items: readonly Cell[]): string {
  return items.map((item) => `- ${render(item)}\n`).join('');
}

/** Lines of shell that can be copied as they stand. */
export function shellBlock(lines: readonly string[]): string {
  return fenced(lines, 'sh');
}

/** Lines of output, as they came. */
export function outputBlock(lines: readonly string[]): string {
  return fenced(
    lines.map((line) => clip(cleanOutput(line), 300)),
    'text',
  );
}

function fenced(lines: readonly string[], language: string): string {
  const longest = Math.max(2, ...lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${lines.map((line) => `${line}\n`).join('')}${fence}\n`;
}

/** A table whose pipes stand under each other. Strings are escaped as prose. Columns that are empty throughout go. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => head.map((_, column) => render(row[column] ?? '').replace(/(?<!\\)\|/g, '\\|')));
  const shown = head.map((_, column) => column).filter((column) => cells.some((row) => row[column] !== ''));
  const widths = shown.map((column) =>
    Math.max(3, displayWidth(head[column] ?? ''), ...cells.map((row) => displayWidth(row[column] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    `| ${shown.map((column, i) => padTo(row[column] ?? '', widths[i] ?? 0)).join(' | ')} |\n`;
  return `${line(head)}| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |\n${cells.map(line).join('')}`;
}

function render(cell: Cell): string {
  return typeof cell === 'string' ? prose(cell).markdown : cell.markdown;
}
