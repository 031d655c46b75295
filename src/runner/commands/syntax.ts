/** The two written forms of a workflow command, `::name k=v::data` and `##[name k=v]data`, and their escapes. */

export interface WrittenCommand {
  /** As written; compared without regard to case. */
  readonly name: string;
  /** By lower-case name; the last one of a name counts. */
  readonly properties: ReadonlyMap<string, string>;
  readonly data: string;
}

type Escapes = readonly (readonly [code: string, character: string])[];

// The percent sign comes last: an escaped escape is unescaped once.
const LINE_ENDS: Escapes = [
  ['%0D', '\r'],
  ['%0A', '\n'],
];
const PERCENT: Escapes = [['%25', '%']];
const DATA: Escapes = [...LINE_ENDS, ...PERCENT];
const PROPERTY: Escapes = [...LINE_ENDS, ['%3A', ':'], ['%2C', ','], ...PERCENT];
const BRACKETED: Escapes = [['%3B', ';'], ...LINE_ENDS, ['%5D', ']'], ...PERCENT];

/** The command that a line of output is, or undefined. `isKnown` is asked with the name as written. */
export function parseCommand(line: string, isKnown: (name: string) => boolean): WrittenCommand | undefined {
  return parseColons(line, isKnown) ?? parseBrackets(line, isKnown);
}

/** Only white space may come before it. */
function parseColons(line: string, isKnown: (name: string) => boolean): WrittenCommand | undefined {
  const start = line.search(/[^\s]|\uFEFF/);
  if (start < 0 || !line.startsWith('::', start)) return undefined;
  const end = line.indexOf('::', start + 2);
  if (end < 0) return undefined;
  const { name, rest } = splitInfo(line.slice(start + 2, end));
  if (!isKnown(name)) return undefined;
  return { name, properties: readProperties(rest.trim(), ',', PROPERTY), data: unescape(line.slice(end + 2), DATA) };
}

/** The old form may stand anywhere in a line. */
function parseBrackets(line: string, isKnown: (name: string) => boolean): WrittenCommand | undefined {
  const start = line.indexOf('##[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return undefined;
  const { name, rest } = splitInfo(line.slice(start + 3, end));
  if (!isKnown(name)) return undefined;
  return { name, properties: readProperties(rest, ';', BRACKETED), data: unescape(line.slice(end + 1), BRACKETED) };
}

function splitInfo(info: string): { readonly name: string; readonly rest: string } {
  const space = info.indexOf(' ');
  return space < 0 ? { name: info, rest: '' } : { name: info.slice(0, space), rest: info.slice(space + 1) };
}

function readProperties(text: string, separator: string, escapes: Escapes): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const part of text.split(separator)) {
    // GitHub's runner takes a run of equals signs for one, and a property without a value for none.
    const [, key, value] = /^=*([^=]+)=+(.*)$/s.exec(part) ?? [];
    if (key !== undefined && value) properties.set(key.toLowerCase(), unescape(value, escapes));
  }
  return properties;
}

function unescape(text: string, escapes: Escapes): string {
  if (!text.includes('%')) return text;
  return escapes.reduce((result, [code, character]) => result.replaceAll(code, character), text);
}
