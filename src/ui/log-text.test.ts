import { expect, it } from 'vitest';
import { createLogText } from './log-text.ts';

const ESC = '\u001b';

/** What a terminal would be given, when the bytes come in pieces of that size. */
function shown(text: string | Uint8Array, piece = Number.MAX_SAFE_INTEGER): string {
  const bytes = Buffer.from(text);
  const log = createLogText();
  let result = '';
  for (let at = 0; at < bytes.length; at += piece) result += log.push(bytes.subarray(at, at + piece));
  return result + log.end();
}

it.each<[string, string, string]>([
  ['plain text', 'one\n\ttwo\n', 'one\n\ttwo\n'],
  ['colours, ended at the end', `${ESC}[1;38;5;9mred`, `${ESC}[1;38;5;9mred${ESC}[0m`],
  ['colours of eight bits', '\u009b31mred', `${ESC}[31mred${ESC}[0m`],
  ['moves and deletions', `a${ESC}[2J${ESC}[1;1H${ESC}[?25lb${ESC}[2Kc`, 'abc'],
  ['a title', `a${ESC}]0;owned\u0007b`, 'ab'],
  ['a link', `${ESC}]8;;http://evil.example${ESC}\\click${ESC}]8;;${ESC}\\`, 'click'],
  ['a clipboard write of eight bits', 'a\u009d52;c;aGk=\u009cb', 'ab'],
  ['a device string', `a${ESC}P+q544e${ESC}\\b`, 'ab'],
  ['a reset and character sets', `a${ESC}c${ESC}(0b${ESC}7c`, 'abc'],
  ['a string without an end, which a line ends', `a${ESC}]0;all is${ESC}]0;x\nseen\n`, 'a\nseen\n'],
  ['a sequence cut off at the end', `a${ESC}[3`, 'a[3'],
  ['a lone escape before text', `a${ESC}\nb`, 'a\nb'],
  ['a sequence with nonsense inside', `a${ESC}[ 1mb`, 'a1mb'],
  ['a progress bar', '10%\r20%\r\r30%\ndone\r\n', '10%\n20%\n30%\ndone\n'],
  ['bells, backspaces and turned text', 'a\u0007b\bc\u202ed\u0000e\u007f', 'abcde'],
  ['letters of all kinds', 'grün 日本 👩‍👩‍👧 \ufeffx', 'grün 日本 👩‍👩‍👧 \ufeffx'],
])('shows %s', (_, text, expected) => {
  expect(shown(text)).toBe(expected);
  // However the chunks fall.
  for (const piece of [1, 2, 3, 7]) expect(shown(text, piece)).toBe(expected);
});

it('marks what is no UTF-8', () => {
  expect(shown(Uint8Array.of(0x61, 0xff, 0x62))).toBe('a\ufffdb');
});

it('holds nothing back for ever, and is not slowed down by what never ends', () => {
  const log = createLogText();
  expect(log.push(Buffer.from(`${ESC}]0;${'x'.repeat(10_000)}`))).toContain('x'.repeat(9000));
  const hostile = [`${ESC}]`, '\u0090', `${ESC}[`, `${ESC}`, '\u009b1', '\r', `${ESC}P${'y'.repeat(5000)}`];
  for (const text of hostile) {
    const many = text.repeat(Math.ceil(300_000 / text.length));
    const started = performance.now();
    shown(many, 65_536);
    expect(performance.now() - started).toBeLessThan(3000);
  }
});
