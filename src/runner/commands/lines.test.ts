import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLineReader, stripColours } from './lines.ts';

function read(chunks: readonly Uint8Array[]): readonly string[] {
  const reader = createLineReader();
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
}

// 3.1: lines end with \n, \r\n or a lone \r.
it.each<readonly [string, readonly string[], readonly string[]]>([
  ['line feeds', ['a\nb\n'], ['a', 'b']],
  ['no end', ['a\nb'], ['a', 'b']],
  ['nothing', [''], []],
  ['empty lines', ['\n\n'], ['', '']],
  ['both characters', ['a\r\nb\r\n'], ['a', 'b']],
  ['a progress bar', ['1%\r2%\rdone\n'], ['1%', '2%', 'done']],
  ['both characters, apart', ['a\r', '\nb'], ['a', 'b']],
  ['both characters, apart with nothing between', ['a\r', '', '\nb'], ['a', 'b']],
  ['a return and a feed of its own', ['a\r', 'b\n\n'], ['a', 'b', '']],
  ['a line in pieces', ['a', 'b', 'c\n'], ['abc']],
])('%s', (_, chunks, lines) => {
  expect(read(chunks.map((chunk) => Buffer.from(chunk)))).toEqual(lines);
});

it('takes any bytes, however they are cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(200)), (bytes, cuts) => {
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      const lines = read(chunks);
      expect(lines).toEqual(read([bytes]));
      expect(lines.join('')).not.toMatch(/[\r\n]/);
    }),
  );
});

it('hands on a line without end in pieces', () => {
  const reader = createLineReader();
  const chunk = Buffer.alloc(100_000, 'x');
  const pieces = Array.from({ length: 100 }, () => reader.push(chunk)).flat();
  expect(pieces.length).toBeGreaterThan(3);
  expect([...pieces, ...reader.end()].join('')).toHaveLength(10_000_000);
});

it('takes colours out', () => {
  expect(stripColours('\u001b[31;1merror\u001b[0m: \u001b[mx \u001b[2Ky')).toBe('error: x Ky');
});
