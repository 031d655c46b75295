import { expect, it } from 'vitest';
import { readRow } from './process-table.ts';
import { parsePsLine, readPsTable } from './ps-table.ts';

it.each([
  [
    '  42     1    42 S      1:02.03 Sun Nov 22 20:44:00 2026',
    { pid: 42, parent: 1, group: 42, zombie: false, cpu: 62_030 },
  ],
  ['7 6 5 Z+ 00:00:01 Sun Nov 22 20:44:00 2026', { pid: 7, parent: 6, group: 5, zombie: true, cpu: 1000 }],
  [
    '7 6 5 R 2-03:04:05 Sun Nov  1 20:44:00 2026  ',
    { cpu: ((51 * 60 + 4) * 60 + 5) * 1000, started: 'Sun Nov  1 20:44:00 2026' },
  ],
])('reads %s', (line, expected) => {
  expect(parsePsLine(line)).toMatchObject(expected);
});

it('passes over what is no process', () => {
  expect(parsePsLine('')).toBeUndefined();
  expect(parsePsLine('  PID  PPID')).toBeUndefined();
});

it('finds this process with its parent', async () => {
  const rows = await readPsTable();
  expect(rows.find((row) => row.pid === process.pid)).toMatchObject({ parent: process.ppid, zombie: false });
  expect(readRow(process.pid)?.group).toBe(rows.find((row) => row.pid === process.pid)?.group);
});
