import { describe, expect, test } from 'vitest';
import type { Json } from './json.ts';
import { expandMatrix } from './matrix.ts';

function legs(matrix: Json | undefined) {
  const result = expandMatrix(matrix);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

/** Each leg's values as JSON without braces and quotes. */
function short(matrix: Json) {
  return legs(matrix).map(({ values }) => JSON.stringify(values).replace(/["{}]/g, ''));
}

describe('the product', () => {
  test('the first key varies slowest', () => {
    expect(short({ os: ['linux', 'mac'], node: [20, 22], x: [1] })).toEqual([
      'os:linux,node:20,x:1',
      'os:linux,node:22,x:1',
      'os:mac,node:20,x:1',
      'os:mac,node:22,x:1',
    ]);
  });

  test('values keep their type and structure', () => {
    const [leg] = legs({ v: [{ a: [1, true, null], b: 'x' }] });
    expect(leg?.values).toEqual({ v: { a: [1, true, null], b: 'x' } });
  });

  test.each([undefined, null])('%s has no legs', (matrix) => {
    expect(legs(matrix)).toEqual([]);
  });
});

describe('exclude', () => {
  const base = { os: ['Linux', 'mac'], node: [20, 22] };

  test.each<[string, Json, string[]]>([
    ['a partial filter', [{ os: 'mac' }], ['os:Linux,node:20', 'os:Linux,node:22']],
    ['several', [{ os: 'mac', node: 20 }, { node: 22 }], ['os:Linux,node:20']],
    [
      'loosely, and whatever the case',
      [{ OS: 'LINUX', node: '20' }],
      ['os:Linux,node:22', 'os:mac,node:20', 'os:mac,node:22'],
    ],
    ['everything', [{ node: [] }], []],
    ['nothing', [{ os: 'windows' }], ['os:Linux,node:20', 'os:Linux,node:22', 'os:mac,node:20', 'os:mac,node:22']],
  ])('%s', (_, exclude, expected) => {
    expect(short({ ...base, exclude })).toEqual(expected);
  });

  test('nested values are compared leaf by leaf', () => {
    const v = [
      { a: 1, b: ['x', 'y'] },
      { a: 2, b: ['x', 'z'] },
    ];
    expect(legs({ v, exclude: [{ v: { b: ['X'] } }] })).toEqual([]);
    expect(legs({ v, exclude: [{ v: { B: ['x', 'z'] } }] }).map(({ values }) => values)).toEqual([{ v: v[0] }]);
    expect(legs({ v, exclude: [{ v: { a: { deeper: 1 } } }] })).toHaveLength(2);
    expect(legs({ v, exclude: [{ v: { missing: null } }] })).toEqual([]);
    expect(legs({ v, exclude: [{ v: 'Object' }] })).toHaveLength(2);
  });
});

describe('include', () => {
  test('adds to matching legs and appends what matches none', () => {
    const matrix = {
      fruit: ['apple', 'pear'],
      animal: ['cat', 'dog'],
      include: [
        { color: 'green' },
        { color: 'pink', animal: 'cat' },
        { fruit: 'apple', shape: 'circle' },
        { fruit: 'banana' },
        { fruit: 'banana', animal: 'cat' },
      ],
    };
    expect(short(matrix)).toEqual([
      'fruit:apple,animal:cat,color:pink,shape:circle',
      'fruit:apple,animal:dog,color:green,shape:circle',
      'fruit:pear,animal:cat,color:pink',
      'fruit:pear,animal:dog,color:green',
      'fruit:banana',
      'fruit:banana,animal:cat',
    ]);
  });

  test('original values are never overwritten; extras are, in their place', () => {
    const include = [{ os: 'LINUX', Extra: 1, other: 2 }, { extra: 3 }];
    expect(short({ os: ['linux'], include })).toEqual(['os:linux,Extra:3,other:2']);
  });

  test('without vectors each entry is a leg', () => {
    expect(short({ include: [{ a: 1 }, { b: 2 }] })).toEqual(['a:1', 'b:2']);
  });

  test('an entry that only matches what is excluded is appended, filter keys first', () => {
    const matrix = { os: ['linux', 'mac'], exclude: [{ os: 'mac' }], include: [{ extra: 1, os: 'mac' }] };
    expect(short(matrix)).toEqual(['os:linux', 'os:mac,extra:1']);
  });

  test('everything excluded leaves what is included', () => {
    expect(short({ os: ['linux'], exclude: [{ os: 'linux' }], include: [{ os: 'bsd' }] })).toEqual(['os:bsd']);
  });

  test('keys that objects inherit are ordinary', () => {
    const matrix: Json = JSON.parse('{"__proto__": [1], "include": [{"constructor": 2}]}');
    expect(short(matrix)).toEqual(['__proto__:1,constructor:2']);
  });
});

describe('names and ids', () => {
  test('segments are the leaves of the original values; extras are left out', () => {
    const matrix = {
      os: ['linux'],
      v: [{ a: 1.5, b: [true, null, ''], c: 1e15 }],
      include: [{ extra: 'x' }, { os: 'mac', appended: 'yes' }],
    };
    expect(legs(matrix).map(({ nameSegments }) => nameSegments)).toEqual([
      ['linux', '1.5', 'true', '1E+15'],
      ['mac', 'yes'],
    ]);
  });

  test('short ids', () => {
    expect(legs({ v: ['ubuntu-22.04', '22', 'A b', 'a_B', '', 'ü'] }).map(({ shortId }) => shortId)).toEqual([
      'ubuntu-22_04',
      '_22',
      'A_b',
      'a_B_2',
      'job',
      '_',
    ]);
  });
});

describe('errors', () => {
  test.each<[Json, string]>([
    [{}, 'Matrix must define at least one vector'],
    [{ include: [] }, 'Matrix must define at least one vector'],
    [{ exclude: [] }, 'Matrix must define at least one vector'],
    [{ os: [] }, "Matrix vector 'os' does not contain any values"],
    [{ os: 'linux' }, "Matrix vector 'os' must be a sequence"],
    [{ os: [1], include: [{}] }, 'Matrix include mapping does not contain any values'],
    [{ os: [1], exclude: [{}] }, 'Matrix exclude filter must not be empty'],
    [{ os: [1], exclude: [{ node: 1 }] }, "Matrix exclude key 'node' does not match any key within the matrix"],
    [{ os: [1], include: { a: 1 } }, 'Matrix include must be a sequence'],
    [{ os: [1], exclude: ['x'] }, 'An entry of matrix exclude must be a mapping'],
    ['text', 'The matrix must be a mapping'],
    [[1], 'The matrix must be a mapping'],
  ])('%j', (matrix, error) => {
    expect(expandMatrix(matrix)).toEqual({ ok: false, error });
  });

  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

  test('256 legs, counted after exclude', () => {
    expect(legs({ a: numbers(16), b: numbers(16) })).toHaveLength(256);
    expect(legs({ a: numbers(257), exclude: [{ a: 3 }] })).toHaveLength(256);
    expect(expandMatrix({ a: numbers(257) })).toEqual({
      ok: false,
      error: 'The matrix makes 257 jobs, and a matrix may make 256 at most',
    });
  });

  test('vectors whose product is huge are refused at once', () => {
    const vectors = Object.fromEntries(numbers(10).map((index) => [`v${index}`, numbers(100)]));
    expect(expandMatrix(vectors)).toMatchObject({ ok: false, error: expect.stringContaining('combinations') });
  });

  test('values that are nested too deeply', () => {
    const deep: Json = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`);
    expect(expandMatrix({ a: [deep] })).toMatchObject({ ok: false, error: expect.stringContaining('nested') });
  });
});
