/** The last line of a stream of output, fit for one line of a screen, at a bounded cost however long it is. */
import { stripVTControlCharacters } from 'node:util';

export interface LastLine {
  push(chunk: Uint8Array): void;
  /** `lines` begin here. */
  mark(): void;
  /** What was printed since the mark, as far as it is kept: lines as `read` gives them, but indented, and without empty ones. */
  lines(): readonly string[];
  /** The last line with something to see, without control characters, cut to 300 characters. */
  read(): string;
}

/** Bytes kept. A line longer than this shows its end. */
const KEPT = 4096;
const SHOWN = 300;

export function createLastLine(): LastLine {
  let tail: Uint8Array = new Uint8Array(0);
  let sinceMark = 0;
  return {
    push: (chunk) => {
      sinceMark += chunk.length;
      const before =
        chunk.length < KEPT ? tail.subarray(Math.max(0, tail.length + chunk.length - KEPT)) : tail.subarray(0, 0);
      tail = Buffer.concat([before, chunk.subarray(Math.max(0, chunk.length - KEPT))]);
    },
    mark: () => {
      sinceMark = 0;
    },
    lines: () => {
      const kept = plainLines(tail.subarray(Math.max(0, tail.length - sinceMark)));
      // Of the first only the end may be there.
      return (sinceMark > tail.length ? kept.slice(1) : kept).filter((line) => line !== '');
    },
    read: () => (plainLines(tail).findLast((line) => line !== '') ?? '').trimStart(),
  };
}

function plainLines(bytes: Uint8Array): string[] {
  return stripVTControlCharacters(Buffer.from(bytes).toString())
    .split(/[\r\n]/)
    .map(toPlainText);
}

/** Control characters and those that turn the direction of text would change what stands around the line. */
function toPlainText(line: string): string {
  const plain = line
    .replace(/^[ \t]+/, (indent) => indent.replaceAll('\t', '  '))
    .replaceAll('\t', ' ')
    .replaceAll(/\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, '')
    // What a cut in the middle of a character leaves.
    .replace(/^\ufffd+/, '')
    .trimEnd();
  // Not half a character at the cut.
  return plain.slice(0, SHOWN).replace(/[\ud800-\udbff]$/, '');
}
