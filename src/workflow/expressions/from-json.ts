/**
 * The function `fromJSON`, as forgiving as the reader in GitHub's runner: comments, single quotes, unquoted keys,
 * trailing commas, octal and hexadecimal numbers, line breaks in strings; whatever follows the first value is ignored.
 */
import type { Budget } from './budget.ts';
import { type Data, dataArray, dataObject } from './data.ts';
import { failEvaluation } from './fault.ts';
import { readJsonNumber } from './json-number.ts';

/** Levels of arrays and objects. */
const MAX_DEPTH = 64;
const WORDS: ReadonlyMap<string, Data> = new Map<string, Data>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  // The runner reads it as a value of unknown type, which becomes empty text.
  ['undefined', ''],
]);
const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  '\\': '\\',
  '"': '"',
  "'": "'",
  '/': '/',
};

interface Reader {
  readonly text: string;
  at: number;
}

export function fromJson(text: string, budget: Budget): Data {
  budget.spend(text.length);
  const reader = { text, at: 0 };
  skipBlanks(reader);
  if (reader.at >= text.length) fail(reader, 'there is no value');
  return readValue(reader, 0);
}

function readValue(reader: Reader, depth: number): Data {
  const next = reader.text[reader.at];
  if (depth > MAX_DEPTH || (depth === MAX_DEPTH && (next === '{' || next === '['))) {
    return fail(reader, `it is nested deeper than ${MAX_DEPTH} levels`);
  }
  if (next === '{') return readObject(reader, depth);
  if (next === '[') return readArray(reader, depth);
  if (next === '"' || next === "'") return readString(reader);
  return readWord(reader);
}

function readArray(reader: Reader, depth: number): Data {
  const items: Data[] = [];
  reader.at += 1;
  for (;;) {
    skipBlanks(reader);
    if (take(reader, ']')) return dataArray(items);
    items.push(readMember(reader, depth));
    if (!endOfMember(reader, ']')) return dataArray(items);
  }
}

function readObject(reader: Reader, depth: number): Data {
  const entries: [string, Data][] = [];
  reader.at += 1;
  for (;;) {
    skipBlanks(reader);
    if (take(reader, '}')) return dataObject(entries);
    const key = readKey(reader);
    match(reader, /\s*/y);
    if (!take(reader, ':')) fail(reader, 'a colon is missing after a property name');
    skipBlanks(reader);
    entries.push([key, readMember(reader, depth)]);
    if (!endOfMember(reader, '}')) return dataObject(entries);
  }
}

/** Nothing before a comma is a value of unknown type to the runner, as `undefined` is. */
function readMember(reader: Reader, depth: number): Data {
  return reader.text[reader.at] === ',' ? '' : readValue(reader, depth + 1);
}

/** True when another member may follow. */
function endOfMember(reader: Reader, close: string): boolean {
  skipBlanks(reader);
  if (take(reader, close)) return false;
  if (!take(reader, ','))
    fail(reader, reader.at < reader.text.length ? 'unexpected character after a value' : 'unexpected end');
  return true;
}

function readKey(reader: Reader): string {
  const next = reader.text[reader.at];
  if (next === '"' || next === "'") return readString(reader);
  return match(reader, /[\p{L}\p{Nd}_$]+/uy) ?? fail(reader, 'invalid property name');
}

function readString(reader: Reader): string {
  const quote = reader.text[reader.at] ?? '';
  const plain = quote === '"' ? /[^"\\]*/y : /[^'\\]*/y;
  const parts: string[] = [];
  reader.at += 1;
  for (;;) {
    parts.push(match(reader, plain) ?? '');
    if (take(reader, quote)) return parts.join('');
    if (!take(reader, '\\')) fail(reader, 'unterminated string');
    parts.push(readEscape(reader));
  }
}

function readEscape(reader: Reader): string {
  const code = match(reader, /u[0-9a-fA-F]{4}/y);
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  const escape = ESCAPES[reader.text[reader.at] ?? ''];
  if (escape === undefined) return fail(reader, 'invalid escape sequence');
  reader.at += 1;
  return escape;
}

/** Keywords and numbers: everything up to the next character that may follow a value. */
function readWord(reader: Reader): Data {
  const start = reader.at;
  const word = match(reader, /[^\s,\]})/:'"[{(]+/y) ?? '';
  const value = WORDS.has(word) ? WORDS.get(word) : readJsonNumber(word);
  if (value !== undefined && /^[\s,\]})/]?$/.test(reader.text[reader.at] ?? '')) return value;
  reader.at = start;
  return fail(reader, start < reader.text.length ? 'unexpected character' : 'unexpected end');
}

function skipBlanks(reader: Reader): void {
  for (;;) {
    match(reader, /\s+/y);
    if (reader.text[reader.at] !== '/') return;
    if (match(reader, /\/\/[^\r\n]*|\/\*[^]*?\*\//y) === undefined) fail(reader, 'unterminated comment');
  }
}

function take(reader: Reader, character: string): boolean {
  if (reader.text[reader.at] !== character) return false;
  reader.at += 1;
  return true;
}

function match(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0];
  reader.at += found?.length ?? 0;
  return found === '' ? undefined : found;
}

function fail({ text, at }: Reader, problem: string): never {
  const lines = text.slice(0, at).split('\n');
  const column = (lines.at(-1)?.length ?? 0) + 1;
  return failEvaluation(`Error parsing fromJson: ${problem}, at line ${lines.length}, column ${column}`);
}
