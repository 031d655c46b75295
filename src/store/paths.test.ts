import { expect, it } from 'vitest';
import { hostPath } from '../shared/brand.ts';
import { layoutOf, legLogPath, logFileName, runPathsIn } from './paths.ts';

it('keeps output in the working tree and the true lock in the common git directory', () => {
  const layout = layoutOf(hostPath('/home/me/tree'), hostPath('/home/me/main/.git'));
  expect(layout.lock).toBe('/home/me/main/.git/orch/run.lock');
  expect(layout.runs).toBe('/home/me/tree/logs/runs');
  expect(layout.summary).toBe('/home/me/tree/docs/orchestrator-run-summary.md');
  const run = runPathsIn(layout.runs, '20261122-204512-k3f9');
  expect(run.journal).toBe('/home/me/tree/logs/runs/20261122-204512-k3f9/events.jsonl');
  expect(run.relative).toBe('logs/runs/20261122-204512-k3f9');
});

it.each(['api', 'build+20_linux', '_x', 'a.b-c', 'x'.repeat(240)])('names the log of %s', (leg) => {
  expect(logFileName(leg)).toBe(`${leg}.log`);
});

it.each(['', '.', '..', '../x', 'a/b', '.hidden', '-rf', 'a\\b', 'a\0b', 'a\nb', 'é', 'x'.repeat(241)])(
  'refuses %j as a file name',
  (leg) => {
    expect(() => logFileName(leg)).toThrow('not a leg id');
  },
);

it('has no path for the log of a leg that names no file', () => {
  const run = runPathsIn(hostPath('/r/logs/runs'), '20261122-204512-k3f9');
  expect(legLogPath(run, 'build+20')).toBe(`${run.directory}/build+20.log`);
  expect(legLogPath(run, '../../../etc/passwd')).toBeUndefined();
});
