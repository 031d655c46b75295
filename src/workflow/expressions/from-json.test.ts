import { describe, expect, test } from 'vitest';
import { makeBudget } from './budget.ts';
import { dataToJson } from './data.ts';
import { fromJson } from './from-json.ts';

function read(text: string) {
  return dataToJson(fromJson(text, makeBudget()));
}

describe('JSON', () => {
  test.each([
    'null',
    'true',
    '-12.5e-3',
    '"a\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00"',
    '[]',
    '{}',
    ' [1, [2, {"a": [3, null]}], "x"] ',
    '{"a": {"b": [true, false]}, "c": "d"}',
  ])('%s', (text) => {
    expect(read(text)).toEqual(JSON.parse(text));
  });
});

describe('what the runner forgives', () => {
  test.each<[string, unknown]>([
    ['{a: 1, b_$2: 2, 3c: 3, é: 4}', { a: 1, b_$2: 2, '3c': 3, é: 4 }],
    ["{'a': 'it\\'s \"x\"'}", { a: 'it\'s "x"' }],
    ['{a:1,}', { a: 1 }],
    ['[1, 2,]', [1, 2]],
    ['[1,,2]', [1, '', 2]],
    ['{a:,b:1}', { a: '', b: 1 }],
    ['// first\n{/* in */ "a": /* before */ 1 // after\n}', { a: 1 }],
    ['[1 /* a */, // b\n 2]', [1, 2]],
    ['1 2 3', 1],
    ['{"a":1} trailing', { a: 1 }],
    ['"a" "b"', 'a'],
    ['"two\nlines"', 'two\nlines'],
    ['0x1F', 31],
    ['0xFFFFFFFFFFFFFFFF', -1],
    ['010', 8],
    ['.5', 0.5],
    ['1.', 1],
    ['NaN', Number.NaN],
    ['[Infinity, -Infinity]', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['undefined', ''],
  ])('%s', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });
});

describe('keys', () => {
  test.each(['__proto__', 'constructor', 'toString', ''])('%j is a key like others', (key) => {
    const json = read(JSON.stringify({ a: 1 }).replace('a', key));
    expect(Object.entries(json as object)).toEqual([[key, 1]]);
  });

  test('the last value wins, the first spelling and place stay', () => {
    expect(JSON.stringify(read('{"Aa": 1, "b": 2, "aA": 3}'))).toBe('{"Aa":3,"b":2}');
  });
});

describe('errors', () => {
  test.each([
    ['', 'there is no value, at line 1, column 1'],
    ['  // only a comment', 'there is no value, at line 1, column 20'],
    ['bad', 'unexpected character, at line 1, column 1'],
    ['truely', 'unexpected character, at line 1, column 1'],
    ['+1', 'unexpected character, at line 1, column 1'],
    ['1z', 'unexpected character, at line 1, column 1'],
    ['09', 'unexpected character, at line 1, column 1'],
    ['01.5', 'unexpected character, at line 1, column 1'],
    ['1:2', 'unexpected character, at line 1, column 1'],
    ['[1 2]', 'unexpected character after a value, at line 1, column 4'],
    ['[1', 'unexpected end, at line 1, column 3'],
    ['[1,', 'unexpected end, at line 1, column 4'],
    ['[1}', 'unexpected character after a value, at line 1, column 3'],
    ['{"a" 1}', 'a colon is missing after a property name, at line 1, column 6'],
    ['{"a":}', 'unexpected character, at line 1, column 6'],
    ['{"a" /* no */: 1}', 'a colon is missing after a property name, at line 1, column 6'],
    ['{,}', 'invalid property name, at line 1, column 2'],
    ['{"a": 1\n"b": 2}', 'unexpected character after a value, at line 2, column 1'],
    ['"open', 'unterminated string, at line 1, column 6'],
    ['"\\x"', 'invalid escape sequence, at line 1, column 3'],
    ['"\\u12"', 'invalid escape sequence, at line 1, column 3'],
    ['[1 /* open', 'unterminated comment, at line 1, column 4'],
  ])('%j', (text, problem) => {
    expect(() => read(text)).toThrow(`Error parsing fromJson: ${problem}`);
  });

  test('64 levels', () => {
    expect(read('['.repeat(64) + ']'.repeat(64))).toBeInstanceOf(Array);
    for (const levels of [65, 100_000]) expect(() => read('['.repeat(levels))).toThrow(/nested deeper than 64 levels/);
  });
});
