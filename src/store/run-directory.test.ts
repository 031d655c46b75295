import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeSelf } from './lock-info.ts';
import { probeProcesses } from './process-probe.ts';
import { createRunDirectory, leaveRunDirectory, takeRunDirectory } from './run-directory.ts';
import { temporaryLayout } from './testing/temporary-layout.ts';

const RUN = '20261122-204512-aaaa';

it('belongs to one process at a time: to who made it, or took it when that one was gone or had left it', () => {
  const layout = temporaryLayout();
  const self = describeSelf(RUN, probeProcesses(), new Date());
  const other = { ...self, started: 'later' };
  const paths = createRunDirectory(layout, self);
  const held = takeRunDirectory(layout, other);
  expect(held.ok ? '' : held.error).toBe(`run ${RUN} is in the hands of process ${process.pid}`);
  leaveRunDirectory(paths);
  expect(takeRunDirectory(layout, { ...other, processStart: '1' }).ok).toBe(true);
  // That one is gone.
  expect(takeRunDirectory(layout, other).ok).toBe(true);
  expect(takeRunDirectory(layout, self).ok).toBe(false);
  expect(readdirSync(paths.directory).sort()).toEqual(['artifacts', 'owner.json']);
});
