import { describe, expect, it } from 'vitest';
import { jsonOf, nodeAt } from './nodes.ts';
import { readYaml } from './yaml.ts';

const codes = (text: string): readonly string[] => readYaml(text, 'f').diagnostics.map(({ code }) => code);

describe('values', () => {
  it.each([
    ['a: yes', { a: 'yes' }],
    ['a: True\nb: null\nc: ~\nd:', { a: true, b: null, c: null, d: null }],
    ['a: 0x10\nb: 1e3\nc: 010\nd: "1"', { a: 16, b: 1000, c: 10, d: '1' }],
    ['a: 2001-01-01', { a: '2001-01-01' }],
    ['1: x\ntrue: y', { '1': 'x', true: 'y' }],
    ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['a: &x 1\nb: &x 2\nc: *x', { a: 1, b: 2, c: 2 }],
    ['<<: { a: 1 }', { '<<': { a: 1 } }],
    ['%YAML 1.1\n---\na: yes', { a: 'yes' }],
    ['a: |\n  x\n  y\nb: >-\n  x\n  y', { a: 'x\ny\n', b: 'x y' }],
  ])('%j', (text, json) => {
    const { node, diagnostics } = readYaml(text, 'f');
    expect(diagnostics).toEqual([]);
    expect(node && jsonOf(node)).toEqual(json);
  });

  it('keeps a key called __proto__ a key', () => {
    const { node } = readYaml('__proto__: { polluted: 1 }', 'f');
    const json = node && jsonOf(node);
    expect(Object.keys(json ?? {})).toEqual(['__proto__']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it.each(['', '# only a comment', '---\n'])('%j is empty', (text) => {
    const { node } = readYaml(text, 'f');
    expect(node === undefined || jsonOf(node) === null).toBe(true);
  });
});

describe('places', () => {
  it.each([
    [['a'], '1:4-1:5'],
    [['b', '1'], '2:8-2:9'],
    [['c', 'd'], '4:6-4:9'],
  ])('of %j', (segments, place) => {
    const { node } = readYaml('a: 1\nb: [ 1,2]\nc:\r\n  d: "é"\n', 'f');
    const at = node && nodeAt(node, segments)?.at;
    expect(`${at?.start.line}:${at?.start.column}-${at?.end.line}:${at?.end.column}`).toBe(place);
  });
});

describe('mistakes', () => {
  it.each([
    ['a: b: c', 'yaml-syntax', /cannot begin here|nested|compact/i],
    ['a:\n\tb: 1', 'yaml-syntax', /tab cannot indent/],
    ["a: 'x", 'yaml-syntax', /missing closing 'quote/],
    ['a: [1', 'yaml-syntax', /end with a \]/],
    ['a: "\\q"', 'yaml-syntax', /not an escape sequence/],
    ['a: 1\n---\nb: 2', 'yaml-syntax', /second YAML document/],
    ['a: !!binary x', 'yaml-syntax', /tag is not known/],
    ['a: !x y', 'yaml-syntax', /tag is not known/],
    ['a: @x', 'yaml-syntax', /put it in quotes/],
    ['a: *nope', 'yaml-alias', /no anchor &nope/],
    ['a: &a [*a]', 'yaml-alias', /stands inside what it names/],
    ['[1]: x', 'yaml-key', /plain word/],
    [': x', 'yaml-key', /plain word/],
    ['a: 1\nA: 2', 'duplicate-key', /"A" is written twice/],
  ])('%j', (text, code, message) => {
    const { diagnostics } = readYaml(text, 'f');
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
    expect(diagnostics[0]?.message).toMatch(message);
    expect(diagnostics[0]?.at?.range).toBeDefined();
  });

  it('shows the first few of very many', () => {
    const found = readYaml('}\n'.repeat(100), 'f').diagnostics;
    expect(found).toHaveLength(11);
    expect(found.at(-1)).toMatchObject({ code: 'more-errors', severity: 'notice' });
  });
});

describe('hostile files end in a diagnostic, soon', () => {
  const laughs = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg'].map((pair) => pair.split(''))) {
    laughs.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join()}]`);
  }
  it.each([
    ['open brackets', '['.repeat(90_000), 'too-deep'],
    ['open braces', '{a: '.repeat(15_000), 'too-deep'],
    ['lists in lists', '- '.repeat(40_000), 'too-deep'],
    ['keys of keys', '? '.repeat(40_000), 'too-deep'],
    ['ever more indentation', Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 'too-deep'],
    ['a megabyte of brackets', '['.repeat(1_000_000), 'too-complex'],
    ['many lines', 'a: \n'.repeat(250_000), 'too-complex'],
    ['many commas', `[${','.repeat(1_000_000)}`, 'too-complex'],
    ['an alias bomb', laughs.join('\n'), 'too-complex'],
    ['a long text many times', `a: &a ${'x'.repeat(200_000)}\nb: [${'*a,'.repeat(100)}]`, 'too-complex'],
    ['51 levels', `${'['.repeat(51)}${']'.repeat(51)}`, 'too-deep'],
  ])('%s', (_title, text, code) => {
    expect(codes(text)).toContain(code);
  });

  it('50 levels are fine', () => {
    expect(codes(`${'['.repeat(50)}${']'.repeat(50)}`)).toEqual([]);
  });
});
