import { expect, it } from 'vitest';
import { cutText } from './cut-text.ts';

it.each([
  ['', 3, ''],
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['a😀bc', 3, 'a…'],
  ['a😀bc', 4, 'a😀…'],
])('%j in %i characters is %j', (text, most, expected) => {
  expect(cutText(text, most)).toBe(expected);
});
