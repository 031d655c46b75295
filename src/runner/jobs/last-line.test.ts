import { expect, it } from 'vitest';
import { createLastLine } from './last-line.ts';

it.each<readonly [string, readonly string[], string]>([
  ['nothing', [], ''],
  ['one line', ['hello\n'], 'hello'],
  ['a line that is not over', ['hello\nwor', 'ld'], 'world'],
  ['blank lines behind', ['hello\n\n  \r\n'], 'hello'],
  ['a progress bar', ['10%\r20%\r30%\r'], '30%'],
  ['colours', ['\u001b[31mred\u001b[0m alert\n'], 'red alert'],
  ['a title and a link', ['\u001b]0;title\u0007see \u001b]8;;http://x\u001b\\here\u001b]8;;\u001b\\\n'], 'see here'],
  ['moves of the cursor', ['\u001b[2J\u001b[1;1Hwiped\n'], 'wiped'],
  ['control characters', ['a\u0000b\u0007c\td\n'], 'abc d'],
  ['text that turns direction', ['abc\u202ecba\u2066\n'], 'abccba'],
  ['other scripts', ['日本語 ok 👍\n'], '日本語 ok 👍'],
])('%s', (_, chunks, expected) => {
  const lastLine = createLastLine();
  for (const chunk of chunks) lastLine.push(Buffer.from(chunk));
  expect(lastLine.read()).toBe(expected);
});

it('a character split over chunks is whole again', () => {
  const lastLine = createLastLine();
  const bytes = Buffer.from('caffè\n');
  for (const byte of bytes) lastLine.push(Buffer.from([byte]));
  expect(lastLine.read()).toBe('caffè');
});

it('a line without end shows a piece of its end', () => {
  const lastLine = createLastLine();
  for (let i = 0; i < 100; i++) lastLine.push(Buffer.alloc(100_000, 'x'));
  lastLine.push(Buffer.from('é'.repeat(3000)));
  expect(lastLine.read()).toBe('é'.repeat(300));
});

it.each<readonly [string, readonly string[], readonly string[], readonly string[]]>([
  ['none', ['before\n'], [], []],
  ['indented as they were', [], ['{\n  "a": [\n\t1\n'], ['{', '  "a": [', '  1']],
  ['those since the mark', ['before\n'], ['one\n', '\n\u001b[31mtwo\u001b[0m\nthree'], ['one', 'two', 'three']],
  ['no pieces of lines', [], [`${'x'.repeat(5000)}\n`, 'end\n'], ['end']],
  [
    'no old ones, however long the new ones are',
    ['old\n'],
    ['y\n'.repeat(3000)],
    Array.from({ length: 2047 }, () => 'y'),
  ],
])('lines since a mark: %s', (_, before, after, expected) => {
  const lastLine = createLastLine();
  for (const chunk of before) lastLine.push(Buffer.from(chunk));
  lastLine.mark();
  for (const chunk of after) lastLine.push(Buffer.from(chunk));
  expect(lastLine.lines()).toEqual(expected);
});
