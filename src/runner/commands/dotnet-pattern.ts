/**
 * Patterns of problem matchers are written for .NET, where GitHub's runner puts them to the lines. Most mean the same in
 * JavaScript; what is written otherwise there is rewritten, and what has no equal here is named.
 */
import { err, ok, type Result } from '../../shared/result.ts';

export interface DotnetPattern {
  /** Absent for a pattern that JavaScript has no equal for. */
  readonly regexp?: RegExp;
  /** What of it that is. */
  readonly unknown?: string;
  /** By the number of a group in .NET, which counts those without a name first, that of the same group here. */
  readonly groups: readonly number[];
}

/** The error is that of a pattern that is none anywhere. */
export function readDotnetPattern(source: string): Result<DotnetPattern, string> {
  const translation = new Translation(source);
  const text = translation.run();
  const groups = translation.groups();
  const unknown = translation.unknown();
  if (unknown !== undefined) return ok({ unknown, groups });
  try {
    return ok({ regexp: new RegExp(text, translation.flags), groups });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // What was not touched is wrong for everybody.
    return text === source ? err(error.message) : ok({ unknown: error.message, groups });
  }
}

/** By the letters of .NET: ignore case, `^` and `$` at lines, `.` for everything, spaces and comments, names alone capture. */
interface Options {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly x: boolean;
  readonly n: boolean;
}

const LETTERS = ['i', 'm', 's', 'x', 'n'] as const;
const NONE: Options = { i: false, m: false, s: false, x: false, n: false };

/** What only .NET has, at the place where it begins. */
const UNKNOWN: readonly (readonly [RegExp, string])[] = [
  [/\(\?\(/y, 'a condition, (?(…)…)'],
  [/\(\?[<']\w*-\w+[>']/y, 'balancing groups, (?<a-b>…)'],
  [/\(\?[<']\d+[>']/y, 'a group with a number, (?<1>…)'],
  [/\\G/y, String.raw`the end of the last match, \G`],
  [/\\[pP]\{Is\w+\}/y, String.raw`a block of Unicode, \p{Is…}`],
];

const ANCHORS: ReadonlyMap<string, string> = new Map([
  ['A', '(?<![^])'],
  ['z', '(?![^])'],
  ['Z', String.raw`(?=\n?(?![^]))`],
  ['a', String.raw`\x07`],
  ['e', String.raw`\x1b`],
]);

class Translation {
  readonly flags: string;
  #unknown: string | undefined;
  #refersByNumber = false;
  readonly #source: string;
  /** With `u`, for `\p`, JavaScript takes no needless backslash. */
  readonly #strict: boolean;
  readonly #named: string[] = [];
  /** By their order here: the name of each group, '' for none, undefined for one that is not in the pattern. */
  readonly #made: (string | undefined)[] = [];
  /** Of the groups that are open, what counts behind each, and what ends it here. */
  readonly #open: { readonly before: Options; readonly end: string }[] = [];
  #options = NONE;
  #at = 0;

  constructor(source: string) {
    this.#strict = /\\[pP]\{/.test(source);
    // What holds for all of it is what JavaScript has as well.
    const isWhole = source.startsWith('(?i)') && !/\(\?[a-z]*-[a-z]*i/.test(source);
    this.#source = isWhole ? source.slice('(?i)'.length) : source;
    this.flags = `${isWhole ? 'i' : ''}${this.#strict ? 'u' : ''}`;
  }

  unknown(): string | undefined {
    const isMoved = this.groups().some((here, there) => here !== there);
    return this.#unknown ?? (this.#refersByNumber && isMoved ? 'numbers of groups beside names' : undefined);
  }

  groups(): readonly number[] {
    const numbers = this.#made.map((name, at) => ({ name, number: at + 1 }));
    const unnamed = numbers.filter(({ name }) => name === '');
    const named = numbers.filter(({ name }) => name !== undefined && name !== '');
    return [0, ...[...unnamed, ...named].map(({ number }) => number)];
  }

  run(): string {
    let text = '';
    while (this.#at < this.#source.length && this.#unknown === undefined) text += this.#next();
    return text;
  }

  #next(): string {
    this.#unknown = UNKNOWN.find(([pattern]) => this.#take(pattern, false) !== undefined)?.[1];
    const character = this.#source[this.#at] ?? '';
    switch (character) {
      case '\\':
        return this.#escape(false);
      case '[':
        return this.#set();
      case '(':
        return this.#group();
      case ')':
        return this.#close();
      default:
        return this.#plain(character);
    }
  }

  #plain(character: string): string {
    this.#at++;
    const { i, m, s, x } = this.#options;
    if (x && character === '#') return (this.#take(/[^\n]*/y), '');
    if (x && /\s/.test(character)) return '';
    if (character === '.' && s) return '[^]';
    if (character === '^' && m) return String.raw`(?<![^\n])`;
    if (character === '$' && m) return String.raw`(?![^\n])`;
    return i ? bothCases(character) : character;
  }

  #escape(inSet: boolean): string {
    const known = this.#take(/\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|c[A-Za-z]|[pP]\{\w+\}|k<\w+>|k'\w+'|\d+)/y);
    if (known !== undefined) return this.#reference(known);
    const character = this.#source[this.#at + 1] ?? '';
    this.#at += 2;
    const meant = inSet && character !== 'a' && character !== 'e' ? undefined : ANCHORS.get(character);
    if (meant !== undefined) return meant;
    const isNeedless = !/[\w^$\\.*+?()[\]{}|/-]/.test(character) || character === '_' || (character === '-' && !inSet);
    return this.#strict && isNeedless ? character : `\\${character}`;
  }

  /** To a group by its number, which may be another here. */
  #reference(known: string): string {
    this.#refersByNumber ||= /^\\[1-9]/.test(known);
    if (this.#options.i && /^\\[k1-9]/.test(known)) this.#unknown ??= 'a reference to a group that ignores case';
    return known.replace(/^\\k'(\w+)'$/, String.raw`\k<$1>`);
  }

  #set(): string {
    const [start = ''] = this.#take(/\[\^?\]?/y)?.match(/.+/s) ?? [];
    let text = start.endsWith(']') ? `${start.slice(0, -1)}\\]` : start;
    for (;;) {
      const character = this.#source[this.#at];
      if (character === undefined) return text;
      if (this.#take(/-\[/y, false) !== undefined) this.#unknown ??= 'a set without another, [a-[b]]';
      if (character === '\\') text += this.#escape(true);
      else {
        this.#at++;
        if (character === ']') return `${text}]`;
        text += this.#inSet(character);
      }
    }
  }

  #inSet(character: string): string {
    const range = this.#take(/-[^\]\\[]/y);
    if (character === '[') return `\\[${range ?? ''}`;
    if (range === undefined) return this.#options.i ? bothLetters(character) : character;
    const whole = `${character}${range}`;
    if (!this.#options.i) return whole;
    if (/^(?:[a-z]-[a-z]|[A-Z]-[A-Z])$/.test(whole)) return `${whole.toLowerCase()}${whole.toUpperCase()}`;
    if (/[A-Za-z]/.test(whole)) this.#unknown ??= 'a range of letters and others that ignores case';
    return whole;
  }

  #group(): string {
    if (this.#take(/\(\?#[^)]*\)/y) !== undefined) return '';
    const switched = this.#take(/\(\?[a-z]*(?:-[a-z]+)?\)/y);
    if (switched !== undefined) {
      this.#switch(switched);
      return '';
    }
    const before = this.#options;
    const scoped = this.#take(/\(\?[a-z]*(?:-[a-z]+)?:/y);
    if (scoped !== undefined) {
      this.#switch(scoped);
      return this.#opened('(?:', before);
    }
    if (this.#take(/\(\?>/y) !== undefined) return this.#atomic(before);
    const ahead = this.#take(/\(\?(?:[=!]|<[=!])/y);
    if (ahead !== undefined) return this.#opened(ahead, before);
    return this.#capture(before);
  }

  #capture(before: Options): string {
    const name = /[A-Za-z_]\w*/.exec(this.#take(/\(\?(?:<[A-Za-z_]\w*>|'[A-Za-z_]\w*')/y) ?? '')?.[0];
    if (name === undefined) {
      this.#at++;
      if (before.n) return this.#opened('(?:', before);
      this.#made.push('');
      return this.#opened('(', before);
    }
    if (this.#named.includes(name)) this.#unknown ??= `two groups of one name, ${name}`;
    this.#named.push(name);
    this.#made.push(name);
    return this.#opened(`(?<${name}>`, before);
  }

  /** What it has matched once it gives back nothing of: as of what is looked at ahead. */
  #atomic(before: Options): string {
    this.#made.push(undefined);
    const name = `orch_atomic_${this.#made.length}`;
    return this.#opened(`(?:(?=(?<${name}>`, before, `))\\k<${name}>)`);
  }

  #opened(text: string, before: Options, end = ')'): string {
    this.#open.push({ before, end });
    return text;
  }

  #close(): string {
    this.#at++;
    const group = this.#open.pop();
    if (group !== undefined) this.#options = group.before;
    return group?.end ?? ')';
  }

  #switch(text: string): void {
    const [on = '', off = ''] = text.replaceAll(/[(?:)]/g, '').split('-');
    const options = Object.fromEntries(
      LETTERS.map((letter) => [letter, (this.#options[letter] || on.includes(letter)) && !off.includes(letter)]),
    );
    this.#options = { ...NONE, ...options };
  }

  /** What stands here, if it is that; it is passed by unless told otherwise. */
  #take(pattern: RegExp, isPassed = true): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source)?.[0];
    if (found !== undefined && isPassed) this.#at += found.length;
    return found;
  }
}

function bothCases(character: string): string {
  const letters = bothLetters(character);
  return letters.length > 1 ? `[${letters}]` : character;
}

function bothLetters(character: string): string {
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
  return lower.length === 1 && upper.length === 1 && lower !== upper ? `${lower}${upper}` : character;
}
