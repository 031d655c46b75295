import { expect, it } from 'vitest';
import { formatBytes, formatDuration } from './quantity.ts';

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
