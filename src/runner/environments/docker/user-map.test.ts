import { expect, it } from 'vitest';
import { parseUserMap } from './user-map.ts';

it('translates by the ranges of an engine without root, and knows whom they leave out', () => {
  const { inner, outer } = parseUserMap('         0       1000          1\n         1     100000      65536\n');
  expect([outer(0), outer(1), outer(1000), outer(70_000)]).toEqual([1000, 100_000, 100_999, undefined]);
  expect([inner(1000), inner(100_999), inner(0), inner(2000)]).toEqual([0, 1000, undefined, undefined]);
});

it.each([
  ['an engine of root’s', '         0          0 4294967295\n'],
  ['a system that tells nothing', ''],
])('leaves everybody who he is with %s', (_, text) => {
  const { inner, outer } = parseUserMap(text);
  expect([outer(0), outer(1000), inner(0), inner(1000)]).toEqual([0, 1000, 0, 1000]);
});
