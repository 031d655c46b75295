/** Reads an action's inputs, which are always text, and keeps everything that is wrong with them. */
import type { Failure } from '../shared/failure.ts';
import { parseDuration } from '../shared/quantity.ts';

export interface InputReader {
  /** The text, or undefined when the input is absent or empty, which GitHub does not tell apart. */
  text(name: string): string | undefined;
  required(name: string): string;
  /** Milliseconds. */
  duration(name: string): number | undefined;
  count(name: string, otherwise: number): number;
  choice<const T extends string>(name: string, choices: readonly [T, ...T[]]): T;
  /** Names apart by white space. */
  words(name: string): readonly string[];
  /** One entry a line; empty lines and the white space around an entry do not count. */
  lines(name: string): readonly string[];
  /** The value of JSON text, when `accept` takes it. */
  json<T>(name: string, accept: (value: unknown) => value is T, shape: string): T | undefined;
  reject(problem: string): void;
  /** What all of the above found wrong. */
  failure(): Failure | undefined;
}

/** The first entry of `choices` is the default. */
export function createInputReader(inputs: Readonly<Record<string, string>>): InputReader {
  const problems: string[] = [];
  const text = (name: string): string | undefined => {
    const value = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    return value === undefined || value.trim() === '' ? undefined : value;
  };
  const wrong = (name: string, expected: string): undefined => {
    problems.push(`${name} is ${JSON.stringify(text(name))}, not ${expected}`);
    return undefined;
  };
  return {
    text,
    required: (name) => {
      const value = text(name);
      if (value === undefined) problems.push(`${name} is missing`);
      return value ?? '';
    },
    duration: (name) => {
      const value = text(name);
      return value === undefined
        ? undefined
        : (parseDuration(value.trim()) ?? wrong(name, 'a span of time such as 90s or 30m'));
    },
    count: (name, otherwise) => {
      const value = text(name)?.trim();
      if (value === undefined) return otherwise;
      return /^\d{1,6}$/.test(value) ? Number(value) : (wrong(name, 'a whole number') ?? otherwise);
    },
    choice: (name, choices) => {
      const value = text(name)?.trim();
      if (value === undefined) return choices[0];
      return choices.find((choice) => choice === value) ?? wrong(name, `one of ${choices.join(', ')}`) ?? choices[0];
    },
    words: (name) => text(name)?.trim().split(/\s+/) ?? [],
    lines: (name) => (text(name) ?? '').split('\n').flatMap((line) => line.trim() || []),
    json: (name, accept, shape) => {
      const value = text(name);
      if (value === undefined) return undefined;
      const parsed = parseJson(value);
      return accept(parsed) ? parsed : wrong(name, shape);
    },
    reject: (problem) => void problems.push(problem),
    failure: () => (problems.length === 0 ? undefined : invalidInput(problems)),
  };
}

export function invalidInput(problems: readonly string[]): Failure {
  return { code: 'input-invalid', message: problems.join('; '), details: problems };
}

/** Undefined, which no JSON text means, when it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

export function isTextLists(value: unknown): value is Readonly<Record<string, readonly string[]>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isTextList);
}
