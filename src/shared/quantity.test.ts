import { expect, it } from 'vitest';
import { formatBytes, formatDuration, formatSize, parseSize } from './quantity.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [9949, '9.9 kB'],
  [9951, '10 kB'],
  [999_400, '999 kB'],
  [999_600, '1.0 MB'],
  [4_200_000_000, '4.2 GB'],
  [5e15, '5000 TB'],
])('shows %d bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it.each([
  [-1, '0.0s'],
  [9940, '9.9s'],
  [9960, '10s'],
  [59_600, '1m 00s'],
  [3_599_600, '1h 00m'],
  [86_400_000, '1d 00h'],
])('shows %d milliseconds as %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

it.each<readonly [string, number | undefined, string]>([
  ['512m', 512 * 1024 ** 2, '512 MiB'],
  ['512MB', 512 * 1024 ** 2, '512 MiB'],
  ['1.5g', 1.5 * 1024 ** 3, '1.5 GiB'],
  ['64k', 64 * 1024, '64 KiB'],
  ['2t', 2 * 1024 ** 4, '2 TiB'],
  ['512', undefined, ''],
  ['-1g', undefined, ''],
  ['1 g', undefined, ''],
  ['4gb4', undefined, ''],
  ['', undefined, ''],
])('reads %s as %s bytes, shown as %s', (text, bytes, shown) => {
  expect(parseSize(text)).toBe(bytes);
  if (bytes !== undefined) expect(formatSize(bytes)).toBe(shown);
});
