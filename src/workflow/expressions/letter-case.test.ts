import { describe, expect, test } from 'vitest';
import { foldCase, sameText } from './letter-case.ts';

describe('sameText', () => {
  test.each([
    ['abc', 'ABC', true],
    ['Straße', 'STRASSE', false],
    ['ß', 'SS', false],
    ['ı', 'I', false],
    ['ı', 'i', false],
    ['Äé', 'äÉ', true],
    ['σ', 'Σ', true],
    ['ς', 'Σ', true],
    ['ᾳ', 'ᾼ', true],
    ['𐐨', '𐐀', true],
    ['ŉ', 'ʼN', false],
    ['a', 'b', false],
  ])('%s and %s: %s', (a, b, same) => {
    expect(sameText(a, b)).toBe(same);
  });
});

test('folding keeps the length, so that what is found in a fold is where it is in the text', () => {
  for (const text of ['ßﬁŉ', 'ΐ𐐨x', 'İi']) expect(foldCase(text)).toHaveLength(text.length);
});
