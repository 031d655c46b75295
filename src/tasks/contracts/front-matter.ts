/** The YAML block at the head of a document: found, read without surprises, and compared with what it has to hold. */
import { isAlias, isMap, isScalar, type Node, visit } from 'yaml';
import { cutText } from '../../shared/cut-text.ts';
import { nearest } from '../../shared/diagnostic.ts';
import type { FailureCode } from '../../shared/failure.ts';
import { composeYaml } from '../../shared/yaml.ts';
import type { FrontMatterField } from './contract.ts';

export interface DocumentParts {
  /** The YAML text, without the lines that mark it. */
  readonly frontMatter?: string;
  readonly body: string;
  /** The number of the body's first line, from 1. */
  readonly bodyLine: number;
}

export interface FrontMatterFault {
  readonly code: FailureCode;
  /** From 1, in the file. */
  readonly line: number;
  readonly message: string;
}

export interface FrontMatter {
  /** Scalars at the top level, as text. */
  readonly values: ReadonlyMap<string, string>;
  readonly faults: readonly FrontMatterFault[];
}

interface Field {
  readonly value: string;
  readonly line: number;
}

type Fields = ReadonlyMap<string, Field>;

/** A few fields need far less than this, and reading YAML takes its time. */
export const FRONT_MATTER_LIMITS = { depth: 10, lexemes: 5000 };

/** An opening `---` that nothing closes is a line of the body. */
export function splitFrontMatter(text: string): DocumentParts {
  const whole = { body: text, bodyLine: 1 };
  const opening = /^---[ \t]*(?:\r\n|\r|\n)/.exec(text);
  if (opening === null) return whole;
  const rest = text.slice(opening[0].length);
  const closing = /(?:^|\r\n|\r|\n)(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|$)/.exec(rest);
  if (closing === null) return whole;
  const end = closing.index + closing[0].length;
  return {
    frontMatter: rest.slice(0, closing.index),
    body: rest.slice(end),
    bodyLine: opening[0].concat(rest.slice(0, end)).split(/\r\n|\r|\n/).length,
  };
}

/** `text` is what stands between the marks, and begins in line 2. Only scalars count: the rest is never expanded. */
export function readFrontMatter(text: string | undefined, fields: readonly FrontMatterField[]): FrontMatter {
  if (text === undefined) return { values: new Map(), faults: fields.map((field) => absent(field, undefined)) };
  const found = readFields(text);
  if ('message' in found) return { values: new Map(), faults: [found] };
  const values = new Map([...found].map(([name, { value }]) => [name, value] as const));
  return { values, faults: fields.flatMap((field) => checkField(field, found)) };
}

function readFields(text: string): Fields | FrontMatterFault {
  const { composed, rangeOf } = composeYaml(text, FRONT_MATTER_LIMITS);
  const lineAt = (offset: number): number => rangeOf([offset, offset]).start.line + 1;
  const invalid = (line: number, message: string): FrontMatterFault => ({ code: 'artifact-invalid', line, message });
  if (composed.kind === 'limit')
    return invalid(lineAt(composed.offsets[0]), 'the front matter is too large or too deep');
  const { contents, errors } = composed.document;
  const [error] = errors;
  if (error) return invalid(lineAt(error.pos[0]), `the front matter cannot be read: ${firstSentence(error.message)}`);
  if (contents === null) return new Map();
  const trick = findTrick(contents);
  if (trick !== undefined)
    return invalid(lineAt(trick), 'the front matter has an alias, an anchor or a tag (*, & or !)');
  if (!isMap(contents)) return invalid(2, 'the front matter has to be lines of the form name: value');
  const fields = new Map<string, Field>();
  for (const { key, value } of contents.items) {
    if (!isScalar(key)) continue;
    const name = scalarText(key);
    const line = lineAt(key.range?.[0] ?? 0);
    // A second value would leave it open which one counts.
    if (fields.has(name)) return invalid(line, `the front matter has ${shown(name)} twice`);
    fields.set(name, { value: scalarText(value), line });
  }
  return fields;
}

/** Where something stands that means another thing than what is written: nobody needs it in a report. */
function findTrick(contents: Node): number | undefined {
  let found: number | undefined;
  visit(contents, {
    Node: (_, node) => {
      const isPlain = !isAlias(node) && node.tag === undefined && node.anchor === undefined;
      if (!isPlain) found ??= node.range?.[0] ?? 0;
      return isPlain ? undefined : visit.BREAK;
    },
  });
  return found;
}

/** Nothing for lists and maps. */
function scalarText(node: unknown): string {
  const value: unknown = isScalar(node) ? node.value : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function checkField(field: FrontMatterField, fields: Fields): readonly FrontMatterFault[] {
  const { name, oneOf } = field;
  const found = fields.get(name);
  if (found === undefined) return [absent(field, nearest(name, fields.keys()))];
  if (found.value.trim() === '') return [{ ...absent(field, undefined), line: found.line }];
  if (oneOf === undefined || oneOf.includes(found.value)) return [];
  const message = `${name} is ${shown(found.value)}, not ${oneOf.join(' or ')}`;
  return [{ code: 'artifact-invalid', line: found.line, message }];
}

function absent(field: FrontMatterField, near: string | undefined): FrontMatterFault {
  const { name, oneOf, missing = 'artifact-invalid' } = field;
  const shape = oneOf === undefined ? name : `${name}: ${oneOf.join(' | ')}`;
  const instead = near === undefined ? '' : `; it has ${shown(near)}`;
  return { code: missing, line: 1, message: `the front matter has no value for ${shape}${instead}` };
}

function shown(text: string): string {
  return JSON.stringify(cutText(text, 60));
}

function firstSentence(message: string): string {
  return cutText((message.split('\n', 1)[0] ?? '').replace(/[.:]$/, ''), 200);
}
