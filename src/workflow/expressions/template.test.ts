import { describe, expect, test } from 'vitest';
import { mapping, type Node, scalar, sequence } from '../model.ts';
import { dataFromJson } from './data.ts';
import type { Scope } from './evaluate.ts';
import { evaluateBoolean, evaluateNode, evaluateNumber, evaluateString, evaluateStrings } from './template.ts';

const scope: Scope = {
  contexts: {
    github: dataFromJson({ ref: 'main', list: [1, 2], map: { A: 1, b: 'x' }, yes: true, big: 1e15, none: null }),
  },
  functions: { hashfiles: () => 'abc' },
};

function valueOf(node: Node) {
  const result = evaluateNode(node, scope);
  return result.ok ? result.value : result.error.message;
}

describe('scalars', () => {
  test.each([
    ['plain', 'plain'],
    ['$ { { x }}', '$ { { x }}'],
    [1.5, 1.5],
    [true, true],
    [null, null],
    ['${{ github.ref }}', 'main'],
    ['  ${{ github.list }}', '  Array'],
    ['${{ github.list }}', [1, 2]],
    ['${{ github.map }}', { A: 1, b: 'x' }],
    ['${{ github.yes }}', true],
    ['${{ github.none }}', null],
    ['${{github.big}}!', '1E+15!'],
    ['a ${{ github.ref }} {b} ${{ github.yes }}', 'a main {b} true'],
    ["${{ 'a }} b' }}", 'a }} b'],
    ["${{ 'it''s }}' }}'", "it's }}'"],
    ["${{ '{{' }}", '{{'],
    ["${{ hashFiles('x') }}", 'abc'],
  ])('%j', (value, expected) => {
    expect(valueOf(scalar(value))).toEqual(expected);
  });

  test.each([
    [
      '${{ github.ref',
      'The expression is not closed. An unescaped ${{ sequence was found, but the closing }} sequence was not found.',
    ],
    ['${{ }}', 'An expression was expected'],
    ['${{ insert }}', "The directive 'insert' is only allowed as a key of a mapping"],
    ['x ${{ insert }}', "The directive 'insert' is not allowed in the middle of a text"],
    ['${{ env.X }}', "Unrecognized named-value: 'env'. Located at position 1 within expression: env.X"],
    ["${{ fromJSON('') }}", 'Error parsing fromJson: there is no value, at line 1, column 1'],
    [`\${{ 1 }}${'x'.repeat(21_000)}`, 'Exceeded max expression length 21000'],
  ])('%.40j', (value, message) => {
    expect(valueOf(scalar(value))).toBe(message);
  });

  test('a long text without expressions has no limit', () => {
    expect(valueOf(scalar('x'.repeat(50_000)))).toHaveLength(50_000);
  });
});

describe('sequences and mappings', () => {
  test('are evaluated throughout; a sequence in a sequence stays one', () => {
    const node = mapping({ a: sequence([scalar('${{ github.list }}'), scalar(3)]), '${{ github.ref }}': scalar('x') });
    expect(valueOf(node)).toEqual({ a: [[1, 2], 3], main: 'x' });
  });

  test('insert merges a mapping in its place', () => {
    const node = mapping({ first: scalar(0), '${{ insert }}': scalar('${{ github.map }}'), last: scalar(9) });
    expect(JSON.stringify(valueOf(node))).toBe('{"first":0,"A":1,"b":"x","last":9}');
    expect(valueOf(mapping({ '${{insert}}': mapping({ x: scalar('${{ github.ref }}') }) }))).toEqual({ x: 'main' });
  });

  test.each<[string, Node, string]>([
    ['insert of a list', mapping({ '${{ insert }}': scalar('${{ github.list }}') }), 'A mapping was expected'],
    ['a key twice', mapping({ a: scalar(1), '${{ insert }}': scalar('${{ github.map }}') }), "'A' is already defined"],
    ['a list as key', mapping({ '${{ github.list }}': scalar(1) }), 'A sequence was not expected'],
  ])('%s', (_, node, message) => {
    expect(valueOf(node)).toBe(message);
  });

  test('keys that objects inherit are ordinary', () => {
    const node: Node = { kind: 'mapping', entries: [{ key: scalar('__proto__'), value: scalar('${{ github.ref }}') }] };
    expect(Object.entries(valueOf(node) as object)).toEqual([['__proto__', 'main']]);
  });

  test('one evaluation of a node has one budget', () => {
    const big: Scope = { contexts: { x: dataFromJson({ y: 'z'.repeat(1024 * 1024) }) }, functions: {} };
    const node = sequence(Array.from({ length: 11 }, () => scalar('<${{ x.y }}>')));
    expect(evaluateNode(node, big)).toMatchObject({ ok: false, error: { message: expect.stringMatching(/memory/) } });
  });
});

const at = { start: { line: 3, column: 5 }, end: { line: 3, column: 20 } };
const around = { start: { line: 1, column: 1 }, end: { line: 9, column: 1 } };

test('a fault says which scalar it is in', () => {
  const inner: Node = { kind: 'scalar', value: '${{ nope }}', at };
  const result = evaluateNode({ kind: 'sequence', items: [inner], at: around }, scope);
  expect(result).toMatchObject({ ok: false, error: { at } });
  expect(evaluateString({ kind: 'scalar', value: '${{ github.list }}', at }, scope)).toEqual({
    ok: false,
    error: { message: 'A sequence was not expected', at },
  });
});

test.each([
  [1.1, '1.1'],
  [0x10, '16'],
  [true, 'true'],
  [null, ''],
  ['${{ github.big }}', '1E+15'],
  ['${{ github.none }}', ''],
])('evaluateString of %j is %j', (value, text) => {
  expect(evaluateString(scalar(value), scope)).toEqual({ ok: true, value: text });
});

describe('evaluateStrings', () => {
  test.each<[string, Node | undefined, unknown]>([
    ['nothing', undefined, {}],
    ['null', scalar(null), {}],
    ['a mapping', mapping({ A: scalar(1.1), B: scalar('${{ github.none }}') }), { A: '1.1', B: '' }],
    ['an expression', scalar('${{ github.map }}'), { A: '1', b: 'x' }],
  ])('%s', (_, node, value) => {
    expect(evaluateStrings(node, scope)).toEqual({ ok: true, value });
  });

  test.each<[string, Node]>([
    ['a text', scalar('x')],
    ['a list', sequence([])],
    ['a list in it', mapping({ A: sequence([]) })],
  ])('not %s', (_, node) => {
    expect(evaluateStrings(node, scope).ok).toBe(false);
  });
});

describe('scalars of one type', () => {
  test('booleans', () => {
    expect(evaluateBoolean(undefined, scope, true)).toEqual({ ok: true, value: true });
    expect(evaluateBoolean(scalar(false), scope, true)).toEqual({ ok: true, value: false });
    expect(evaluateBoolean(scalar('${{ github.yes }}'), scope, false)).toEqual({ ok: true, value: true });
    expect(evaluateBoolean(scalar('${{ github.none }}'), scope, true)).toEqual({ ok: true, value: true });
    const error = { message: "Unexpected value 'main'" };
    expect(evaluateBoolean(scalar('${{ github.ref }}'), scope, true)).toEqual({ ok: false, error });
  });

  test('numbers', () => {
    expect(evaluateNumber(undefined, scope)).toEqual({ ok: true, value: undefined });
    expect(evaluateNumber(scalar(5), scope)).toEqual({ ok: true, value: 5 });
    expect(evaluateNumber(scalar('${{ 2 }}'), scope)).toEqual({ ok: true, value: 2 });
    expect(evaluateNumber(scalar('5'), scope).ok).toBe(false);
  });
});
