import { expect, it } from 'vitest';
import { readSections } from './markdown.ts';

function titles(text: string): readonly string[] {
  return readSections(text).map(({ title, level, line }) => `${line} ${'#'.repeat(level)} ${title}`);
}

it.each([
  [
    'headings with marks, closed or not',
    '# One\n###### Six ##\n#\n## C#\n# #\n',
    ['1 # One', '2 ###### Six', '3 # ', '4 ## C#', '5 # '],
  ],
  ['underlined headings', 'One\n===\n\nTwo\n  --- \n', ['1 # One', '4 ## Two']],
  ['a heading below a line of text', 'text\n# One', ['2 # One']],
  ['old and odd ends of lines', '# One\r\n\r\n# Two\r# Three', ['1 # One', '3 # Two', '4 # Three']],
])('finds %s', (_what, text, expected) => {
  expect(titles(text)).toEqual(expected);
});

it.each([
  ['seven marks, no space, a tab or four spaces before', '####### x\n#x\n\t# x\n    # x\n\\# x'],
  ['fenced code, with other fences in it', '```sh\n# x\n~~~\n````x\n``\n# x\n````\n'],
  ['fenced code that is never closed', '~~~ `info`\n# x\n```\n# x'],
  ['comments over many lines', '<!--\n# x\n\n# x\n--> # x'],
  ['comments that are never closed', '<!-- a\n# x'],
  ['quotes and lists', '> # x\n- # x\n1. # x'],
  ['rules, tables and lists over a rule', '---\n\n| a |\n---\n\n- a\n---\n\na\nb\n---'],
])('finds no heading in %s', (_what, text) => {
  expect(titles(text)).toEqual([]);
});

it('reads on after code and comments, and in a fence that is none', () => {
  expect(titles('```\n# x\n```\n# One\n<!-- # x -->\n# Two\n``` a`b\n# Three')).toEqual([
    '4 # One',
    '6 # Two',
    '8 # Three',
  ]);
});

it('gives each section its lines up to the next heading that is not below it, comments taken out', () => {
  const text = '# A\na <!-- b --> c\n## B\nd\n```\n# e\n```\n# F\n';
  expect(
    readSections(text, 11).map(({ title, lines }) => [title, lines.map((line) => `${line.number} ${line.text}`)]),
  ).toEqual([
    ['A', ['12 a  c', '13 ', '14 d', '16 # e']],
    ['B', ['14 d', '16 # e']],
    ['F', ['19 ']],
  ]);
});

it('takes time by the length of the text, whatever it holds', () => {
  const long = 200_000;
  const texts = [
    '<!--'.repeat(long),
    '# '.repeat(long),
    `# ${'!'.repeat(long)}x`,
    '```\n'.repeat(long),
    '#\n'.repeat(long),
    `a\n${'-'.repeat(long)}x`,
  ];
  const begun = performance.now();
  for (const text of texts) readSections(text);
  expect(performance.now() - begun).toBeLessThan(5000);
});
