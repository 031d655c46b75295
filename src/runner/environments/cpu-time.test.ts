import { expect, it } from 'vitest';
import { createCpuTime } from './cpu-time.ts';
import type { ProcessRow } from './process-row.ts';

function row(pid: number, parent: number, cpu: number, childrenCpu = 0): ProcessRow {
  return { pid, parent, group: 1, started: '1', zombie: false, cpu, childrenCpu };
}

it.each<readonly [string, readonly (readonly ProcessRow[])[], readonly number[]]>([
  [
    'sums what runs',
    [
      [row(1, 0, 10), row(2, 1, 5)],
      [row(1, 0, 20), row(2, 1, 25)],
    ],
    [15, 45],
  ],
  [
    'counts a child once when its parent has waited for it',
    [[row(1, 0, 10), row(2, 1, 30)], [row(1, 0, 10, 40)]],
    [40, 50],
  ],
  ['counts a child that came and went between samples', [[row(1, 0, 10)], [row(1, 0, 10, 70)]], [10, 80]],
  ['does not fall when a process goes', [[row(1, 0, 10), row(2, 99, 30)], [row(1, 0, 10)], []], [40, 40, 40]],
  ['tells a pid that came back from the one before', [[row(2, 1, 30)], [{ ...row(2, 1, 5), started: '2' }]], [30, 35]],
])('%s', (_, samples, expected) => {
  const cpu = createCpuTime();
  expect(samples.map((rows) => cpu.add(rows))).toEqual(expected);
});
