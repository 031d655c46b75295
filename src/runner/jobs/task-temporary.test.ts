import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeTemporary, sweepTemporary } from './task-temporary.ts';

it('goes with its run, whatever is in it, and with no other', async () => {
  const run = `test-${process.pid}`;
  const [one, two, other] = [await makeTemporary(run), await makeTemporary(run), await makeTemporary(`${run}0`)];
  mkdirSync(join(one, 'shut'));
  writeFileSync(join(one, 'shut', 'file'), 'x', { mode: 0o000 });
  await sweepTemporary(run);
  expect([one, two, other].map((path) => existsSync(path))).toEqual([false, false, true]);
  rmSync(other, { recursive: true });
});
