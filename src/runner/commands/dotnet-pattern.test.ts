import { describe, expect, it } from 'vitest';
import { readDotnetPattern } from './dotnet-pattern.ts';

/** The groups of the first match by their numbers in .NET; undefined without a match. */
function find(pattern: string, line: string): readonly (string | undefined)[] | undefined {
  const read = readDotnetPattern(pattern);
  if (!read.ok) throw new Error(read.error);
  if (read.value.regexp === undefined) throw new Error(`only .NET knows ${read.value.unknown}`);
  const match = read.value.regexp.exec(line);
  return match === null ? undefined : read.value.groups.map((group) => match[group]);
}

describe('means here what it means in .NET', () => {
  it.each<readonly [string, string, readonly (string | undefined)[] | undefined]>([
    ['^(\\w+): (.*)$', 'a: b', ['a: b', 'a', 'b']],
    ['\\Aab\\z', 'ab', ['ab']],
    ['\\Aab\\Z', 'xab', undefined],
    ['(?i)err(or)', 'ERROR', ['ERROR', 'OR']],
    ['(?i)straße', 'STRAßE', ['STRAßE']],
    ['a(?i:b[c-e])F', 'aBDF', ['aBDF']],
    ['a(?i:b[c-e])F', 'aBDf', undefined],
    ['(?:a(?i)b)c', 'aBc', ['aBc']],
    ['(?:a(?i)b)c', 'aBC', undefined],
    ['(?i:a(?-i)b)c', 'Abc', ['Abc']],
    ['(?i:[^x])', 'X', undefined],
    // Names count behind what has none.
    ['(?<file>[^:]+):(\\d+)', 'a.c:12', ['a.c:12', '12', 'a.c']],
    ["(?'file'\\w+) \\k'file'", 'a a', ['a a', 'a']],
    ['(?n)(a)(?<b>b)', 'ab', ['ab', 'b']],
    ['(?>a+)b(c)', 'aabc', ['aabc', 'c']],
    ['(?>a|ab)c', 'abc', undefined],
    ['(?>ab)+c', 'ababc', ['ababc']],
    ['(?x) a \\ b # what else\n [ ]c', 'a b c', ['a b c']],
    ['(?#nothing)a', 'a', ['a']],
    ['[]a]+', ']a]', [']a]']],
    ['[^]a]', ']ab', ['b']],
    ['[[a]', '[', ['[']],
    ['(?s)a.b', 'a\nb', ['a\nb']],
    ['(?m)^b$', 'a\nb\nc', ['b']],
    ['\\e\\[\\a', '\u001b[\u0007', ['\u001b[\u0007']],
    ['\\p{Lu}\\-\\"\\_(\\P{L})', 'Ä-"_1', ['Ä-"_1', '1']],
    ['(?<=a)b(?!c)', 'abc abd', ['b']],
    ['(a)\\1', 'aa', ['aa', 'a']],
    ['\\\\A(\\()', '\\A(', ['\\A(', '(']],
  ])('%s on %j', (pattern, line, expected) => {
    expect(find(pattern, line)).toEqual(expected);
  });
});

it.each([
  ['(?(1)a|b)', 'a condition'],
  ['(?<open-close>x)', 'balancing groups'],
  ['(?<1>x)', 'a group with a number'],
  ['\\Gx', 'the end of the last match'],
  ['\\p{IsGreek}', 'a block of Unicode'],
  ['[a-z-[aeiou]]', 'a set without another'],
  ['(?<a>x)|(?<a>y)', 'two groups of one name, a'],
  ['(?<a>x)(y)\\1', 'numbers of groups beside names'],
  ['(a)(?i:\\1)', 'a reference to a group that ignores case'],
  ['(?i:[A-z])', 'a range of letters and others'],
])('names what only .NET knows: %s', (pattern, unknown) => {
  const read = readDotnetPattern(pattern);
  expect(read.ok ? read.value.unknown : read.error).toContain(unknown);
  expect(read.ok && read.value.regexp).toBeUndefined();
});

it.each(['(', 'a)', '[', '*'])('%s is a pattern nowhere', (pattern) => {
  expect(readDotnetPattern(pattern)).toEqual({
    ok: false,
    error: expect.stringContaining('Invalid regular expression'),
  });
});
