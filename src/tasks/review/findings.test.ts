import { describe, expect, it } from 'vitest';
import { readSections, type Section } from '../contracts/markdown.ts';
import { MOST_FINDINGS, readFindings } from './findings.ts';

const HEAD = '| Severity | File | Line | Finding |\n|---|---|---|---|\n';

const NEITHER = '1! the section has neither a table with the columns Severity, File, Line, Finding nor the word None';

function section(text: string): Section {
  const [first] = readSections(`## Findings\n${text}`);
  if (first === undefined) throw new Error('no section');
  return first;
}

const told = (text: string) => {
  const { findings, faults } = readFindings(section(text));
  return [
    ...findings.map(({ severity, file, line, text: words, at }) => `${at} ${severity} ${file}:${line} ${words}`),
    ...faults.map(({ at, message }) => `${at}! ${message}`),
  ];
};

describe('findings', () => {
  it.each([
    ['a row', `${HEAD}| major | src/a.ts | 12 | Wrong sum. |`, ['4 major src/a.ts:12 Wrong sum.']],
    [
      'marks, links, ranges, bars, case',
      `${HEAD}| **Blocker** | [\`a b.ts\`](x) | L3–L9 | a \\| b |\n| info | \`__init__.py\` | 1-2 | c |`,
      ['4 blocker a b.ts:3 a | b', '5 info __init__.py:1 c'],
    ],
    [
      'columns in another order, with others, without outer bars',
      'Rule | Line | Finding | Severity | File\n:-- | --: | - | :-: | -\nx | 2 | y | minor | b.md',
      ['4 minor b.md:2 y'],
    ],
    [
      'two tables with text around',
      `Two.\n\n${HEAD}| info | a | 1 | x |\nMore:\n\n${HEAD}| info | b | 2 | y |\n`,
      ['6 info a:1 x', '11 info b:2 y'],
    ],
    ['none', '\nNone.\n', []],
    ['none, in other words', '_No findings._', []],
  ])('are read from %s', (_what, text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  it.each([
    ['none of something', 'None of it works.', [NEITHER]],
    ['a list', '- blocker: a.ts:1 is wrong', [NEITHER]],
    [
      'a table without a column',
      '| Severity | File | Finding |\n|---|---|---|\n| info | a | b |',
      ['2! the table has no column Line; it needs Severity, File, Line, Finding'],
    ],
    [
      'a severity misspelt',
      `${HEAD}| blockr | a | 1 | x |`,
      ['4! the finding\'s severity is "blockr", not blocker, major, minor, info; is it blocker?'],
    ],
    [
      'another severity',
      `${HEAD}| P1 | a | 1 | x |`,
      ['4! the finding\'s severity is "p1", not blocker, major, minor, info'],
    ],
    ['no file', `${HEAD}| info | | 1 | x |`, ['4! the finding names no file']],
    [
      'no line',
      `${HEAD}| info | a |  | x |\n| info | a | 0 | x |\n| info | a | many | x |\n| info | a |\n| info | a | 3-1 | x |\n| info | a | 1-0 | x |\n| info | a | 1234567890 | x |`,
      [
        '4! the finding\'s line is "", not one such as 12, or 12-15',
        '5! the finding\'s line is "0", not one such as 12, or 12-15',
        '6! the finding\'s line is "many", not one such as 12, or 12-15',
        '7! the finding\'s line is "", not one such as 12, or 12-15',
        '8! the finding\'s line is "3-1", not one such as 12, or 12-15',
        '9! the finding\'s line is "1-0", not one such as 12, or 12-15',
        '10! the finding\'s line is "1234567890", not one such as 12, or 12-15',
      ],
    ],
    ['no words', `${HEAD}| info | a | 1 | |`, ['4! the finding says nothing']],
  ])('are refused in %s', (_what, text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  it('are read up to a number, in time by the length of the text', () => {
    const row = '| info | a | 1 | x |\n';
    const { findings, faults } = readFindings(section(HEAD + row.repeat(MOST_FINDINGS + 2)));
    expect(findings).toHaveLength(MOST_FINDINGS);
    expect(faults).toEqual([{ at: MOST_FINDINGS + 4, message: 'a report may have 500 findings' }]);
    const begun = performance.now();
    for (const text of [
      '|'.repeat(300_000),
      `${HEAD}| info | ${' '.repeat(300_000)}x | 1 | y |`,
      '| a\n'.repeat(100_000),
    ])
      readFindings(section(text));
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});
