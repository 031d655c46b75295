import { describe, expect, test } from 'vitest';
import { makeBudget } from './budget.ts';
import { type Data, dataFromJson } from './data.ts';
import { fromJson } from './from-json.ts';
import { toJson } from './to-json.ts';

function write(data: Data) {
  return toJson(data, makeBudget());
}

describe('toJSON', () => {
  test.each([null, true, 1.5, 'a"b\\c\n\u0001é', [], {}, [[]], [1, ['a', {}], null], { a: { b: [1, 2] }, c: [] }])(
    '%j is as JSON.stringify has it',
    (json) => {
      expect(write(dataFromJson(json))).toBe(JSON.stringify(json, null, 2));
    },
  );

  test.each<[Data, string]>([
    [1e15, '1E+15'],
    [1e-7, '1E-07'],
    [-0, '0'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    ['\u0085\u2028\u2029', '"\\u0085\\u2028\\u2029"'],
  ])('%j', (data, text) => {
    expect(write(data)).toBe(text);
  });

  test('keys keep their order and spelling, whatever they are', () => {
    const text = '{"b":1,"__proto__":2,"2":3,"1":4,"constructor":5}';
    expect(write(fromJson(text, makeBudget())).replace(/\s/g, '')).toBe(text);
  });
});
