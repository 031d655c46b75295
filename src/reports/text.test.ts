import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nastyText } from './testing/nasty-text.ts';
import { cleanText, clip, clipMiddle, displayWidth, padTo, wrapText } from './text.ts';

describe('cleanText', () => {
  test.each([
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['a cleared screen', '\u001b[2J\u001b[Hhello', 'hello'],
    ['a title, ended by BEL', '\u001b]0;owned\u0007hello', 'hello'],
    ['a link, ended by ST', '\u001b]8;;http://evil\u001b\\here\u001b]8;;\u001b\\', 'here'],
    ['a device string', '\u001bPq#0\u001b\\x', 'x'],
    ['an unfinished title', '\u001b]0;owned', ''],
    ['the one-byte CSI', '\u009b31mred', 'red'],
    ['line ends and tabs', 'a\r\n\tb\u2028c', 'a b c'],
    ['text turned around', 'user\u202etxt.exe', 'usertxt.exe'],
    ['invisible joints', 'a\u200bb\ufeff', 'ab'],
    ['half a surrogate pair', 'a\ud800b', 'ab'],
    ['other scripts', ' 中文 é 👩‍👩‍👧 ', '中文 é 👩‍👩‍👧'],
    ['NUL and backspace', 'a\u0000b\u0008c', 'abc'],
  ])('%s', (_, text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });

  test('leaves nothing that a terminal obeys, and has nothing more to do', () => {
    fc.assert(
      fc.property(nastyText, nastyText, (a, b) => {
        const clean = cleanText(`${a}\u001b[${b}\u009d${a}`);
        expect(clean).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        expect(cleanText(clean)).toBe(clean);
      }),
    );
  });
});

test.each([
  ['abc', 3],
  ['中文', 4],
  ['é', 1],
  ['e\u0301', 1],
  ['👍', 2],
  ['👩‍👩‍👧', 2],
  ['✔', 1],
  ['❤\ufe0f', 2],
  ['', 0],
])('%j is %d columns wide', (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

describe('cutting', () => {
  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['ab  cdef', 5, 'ab…'],
    ['中文字', 4, '中…'],
    ['abcdef', 1, '…'],
    ['abcdef', 0, ''],
  ])('clip %j to %d', (text, width, expected) => {
    expect(clip(text, width)).toBe(expected);
  });

  test('a joint at the end does not swallow what is filled up', () => {
    expect(displayWidth(padTo('a\u200d', 4))).toBe(4);
  });

  test('in the middle, both ends stay', () => {
    expect(clipMiddle('build (node 20, linux)', 14)).toBe('build (…linux)');
  });

  test('never more columns than asked for', () => {
    const anyText = nastyText.map(cleanText);
    fc.assert(
      fc.property(anyText, fc.nat(40), (text, width) => {
        expect(displayWidth(clip(text, width))).toBeLessThanOrEqual(width);
        expect(displayWidth(clipMiddle(text, width))).toBeLessThanOrEqual(width);
        expect(displayWidth(padTo(clip(text, width), width))).toBe(width);
      }),
      { numRuns: 1000 },
    );
  });

  test('wrapping loses no word and keeps to the width', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,20}$/), { minLength: 1 }),
        fc.integer({ min: 3, max: 30 }),
        (words, width) => {
          const lines = wrapText(words.join(' '), width);
          expect(lines.every((line) => line.length <= width)).toBe(true);
          expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''));
        },
      ),
    );
  });
});
