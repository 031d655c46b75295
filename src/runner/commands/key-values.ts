/** The grammar of GITHUB_ENV, GITHUB_OUTPUT and GITHUB_STATE: `NAME=VALUE` lines and values of several lines. */

export interface KeyValues {
  /** In the order written. Those before a mistake count. */
  readonly pairs: readonly (readonly [name: string, value: string])[];
  /** GitHub's words for the first mistake, which ends the reading. */
  readonly error?: string;
}

interface Cursor {
  readonly text: string;
  readonly windows: boolean;
  at: number;
}

interface Line {
  readonly text: string;
  /** How the line ends; '' for the last one, when nothing follows it. */
  readonly end: '\n' | '\r\n' | '';
}

type Entry = { readonly name: string; readonly value: string } | { readonly error: string };

/** `\r\n` ends a line on Windows alone; elsewhere the `\r` belongs to the value. Nothing is trimmed. */
export function parseKeyValues(text: string, platform: NodeJS.Platform): KeyValues {
  const cursor: Cursor = { text, windows: platform === 'win32', at: 0 };
  const pairs: (readonly [string, string])[] = [];
  for (let line = readLine(cursor); line !== undefined; line = readLine(cursor)) {
    if (line.text === '') continue;
    const entry = readEntry(line.text, cursor);
    if ('error' in entry) return { pairs, error: entry.error };
    pairs.push([entry.name, entry.value]);
  }
  return { pairs };
}

function readEntry(line: string, cursor: Cursor): Entry {
  const equals = line.indexOf('=');
  const arrows = line.indexOf('<<');
  if (equals >= 0 && (arrows < 0 || equals < arrows)) {
    return { name: line.slice(0, equals), value: line.slice(equals + 1) };
  }
  if (arrows < 0) return { error: `Invalid format '${line}'` };
  const name = line.slice(0, arrows);
  const delimiter = line.slice(arrows + 2);
  if (name === '' || delimiter === '') {
    return { error: `Invalid format '${line}'. Name must not be empty and delimiter must not be empty` };
  }
  const value = readUpTo(delimiter, cursor);
  return typeof value === 'string' ? { name, value } : value;
}

/** The text before the line that is the delimiter, without its last line end. */
function readUpTo(delimiter: string, cursor: Cursor): string | { readonly error: string } {
  const start = cursor.at;
  let end = start;
  for (let line = readLine(cursor); line !== undefined; line = readLine(cursor)) {
    if (line.text === delimiter) return cursor.text.slice(start, end);
    if (line.end === '') return { error: 'Invalid value. EOF marker missing new line.' };
    end = cursor.at - line.end.length;
  }
  return { error: `Invalid value. Matching delimiter not found '${delimiter}'` };
}

function readLine(cursor: Cursor): Line | undefined {
  const { text, at } = cursor;
  if (at >= text.length) return undefined;
  const feed = text.indexOf('\n', at);
  cursor.at = feed < 0 ? text.length : feed + 1;
  if (feed < 0) return { text: text.slice(at), end: '' };
  const both = cursor.windows && feed > at && text[feed - 1] === '\r';
  return both ? { text: text.slice(at, feed - 1), end: '\r\n' } : { text: text.slice(at, feed), end: '\n' };
}
