/** Problem matchers as files declare them: reading and checking. */
import { err, ok, type Result } from '../../shared/result.ts';
import { type DotnetPattern, readDotnetPattern } from './dotnet-pattern.ts';

export interface ProblemMatcher {
  readonly owner: string;
  /** For a match that brings none of its own; '' means an error. */
  readonly severity: string;
  /** For a match that brings none of its own: the file that relative paths are relative to. */
  readonly fromPath: string;
  readonly patterns: readonly ProblemPattern[];
  /** What one of them has that only .NET knows: the matcher finds nothing. */
  readonly unknown?: string;
}

/** The group of the expression that each field is in. */
export type ProblemPattern = Readonly<Partial<Record<ProblemField, number>>> & {
  readonly regexp: RegExp;
  /** The last pattern may match again and again, with what the ones before it found. */
  readonly loop: boolean;
};

export type ProblemField = (typeof PROBLEM_FIELDS)[number];

export const PROBLEM_FIELDS = ['file', 'fromPath', 'line', 'column', 'severity', 'code', 'message'] as const;

/** What a file given to `::add-matcher::` declares; the error is a sentence. */
export function parseProblemMatchers(bytes: Uint8Array): Result<readonly ProblemMatcher[], string> {
  const json = parseJson(bytes);
  if (!json.ok) return json;
  if (!isRecord(json.value)) return err('The problem matcher file must hold an object');
  const declared = json.value['problemMatcher'] ?? [];
  if (!Array.isArray(declared)) return err(`'problemMatcher' must be a list`);
  const matchers: ProblemMatcher[] = [];
  const owners = new Set<string>();
  for (const item of declared as unknown[]) {
    const matcher = readMatcher(item);
    if (!matcher.ok) return matcher;
    const owner = matcher.value.owner.toLowerCase();
    if (owners.has(owner)) return err(`Duplicate owner name '${matcher.value.owner}'`);
    owners.add(owner);
    matchers.push(matcher.value);
  }
  return ok(matchers);
}

function parseJson(bytes: Uint8Array): Result<unknown, string> {
  try {
    return ok(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    if (error instanceof SyntaxError) return err(`The problem matcher file is not JSON: ${error.message}`);
    throw error;
  }
}

function readMatcher(item: unknown): Result<ProblemMatcher, string> {
  if (!isRecord(item)) return err('A problem matcher must be an object');
  const [owner, severity, fromPath] = [text(item['owner']), text(item['severity']), text(item['fromPath'])];
  if (owner === '') return err('Owner must not be empty');
  if (!['', 'error', 'warning', 'notice'].includes(severity.toLowerCase())) {
    return err(`Matcher '${owner}' contains unexpected default severity '${severity}'`);
  }
  const declared = item['pattern'];
  if (!Array.isArray(declared) || declared.length === 0) {
    return err(`Matcher '${owner}' does not contain any patterns`);
  }
  const read = readPatterns(declared);
  return read.ok ? ok({ owner, severity, fromPath, ...read.value }) : read;
}

function readPatterns(declared: readonly unknown[]): Result<Pick<ProblemMatcher, 'patterns' | 'unknown'>, string> {
  const patterns: ProblemPattern[] = [];
  let unknown: string | undefined;
  const taken = new Set<ProblemField>();
  for (const [index, item] of declared.entries()) {
    const read = readPattern(item, taken);
    if (!read.ok) return read;
    const { pattern } = read.value;
    unknown ??= read.value.unknown;
    if (pattern.loop && (index === 0 || index < declared.length - 1)) {
      return err(`Only the last pattern in a multiline matcher may set 'loop'`);
    }
    if (pattern.loop && pattern.message === undefined) {
      return err(`The loop pattern must set 'message'`);
    }
    patterns.push(pattern);
  }
  if (!taken.has('message')) return err(`At least one pattern must set 'message'`);
  return ok({ patterns, ...(unknown === undefined ? {} : { unknown }) });
}

interface ReadPattern {
  readonly pattern: ProblemPattern;
  readonly unknown?: string | undefined;
}

const NOTHING = /(?!)/;

function readPattern(item: unknown, taken: Set<ProblemField>): Result<ReadPattern, string> {
  if (!isRecord(item)) return err('A pattern must be an object');
  const compiled = readDotnetPattern(text(item['regexp']));
  if (!compiled.ok) return compiled;
  const { regexp = NOTHING, unknown } = compiled.value;
  const fields: Partial<Record<ProblemField, number>> = {};
  for (const field of PROBLEM_FIELDS) {
    const value = item[field];
    if (value === undefined || value === null) continue;
    const group = readGroup(field, value, compiled.value);
    if (!group.ok) return group;
    if (taken.has(field)) return err(`The property '${field}' is set twice`);
    taken.add(field);
    fields[field] = group.value;
  }
  return ok({ pattern: { ...fields, regexp, loop: item['loop'] === true }, unknown });
}

function readGroup(field: ProblemField, value: unknown, { groups, unknown }: DotnetPattern): Result<number, string> {
  const group = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof group !== 'number' || !Number.isInteger(group)) return err(`The property '${field}' must be a number`);
  const here = groups[group];
  if (here !== undefined) return ok(here);
  // Not all of it has been read.
  if (unknown !== undefined) return ok(0);
  return err(`The property '${field}' is set to ${group} which is out of range`);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
