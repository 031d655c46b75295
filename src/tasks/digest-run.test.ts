import { expect, it } from 'vitest';
import { createRig } from './testing/rig.ts';

it('tells the command where journal and digest of the run are, and lets its sandbox read them', async () => {
  const rig = createRig();
  await rig.prepare();
  expect(await rig.digest({ run: ' r0 ' })).toMatchObject({ outcome: 'success' });
  const running = rig.run({ command: 'review' });
  const process = await rig.processes.next();
  process.exit(0);
  expect(await running).toMatchObject({ outcome: 'success' });
  expect(process.request.env).toMatchObject({
    ORCH_REVIEWED_RUN: 'r0',
    ORCH_JOURNAL: '/temporary/digest-1/journal.jsonl',
    ORCH_DIGEST: '/temporary/digest-1/digest.md',
    ORCH_DIGEST_JSON: '/temporary/digest-1/digest.json',
  });
  expect(rig.outside.get('/temporary/digest-1/digest.md')).toBe('# Run r0');
});

it.each([
  [{}, 'run is missing'],
  [{ run: 'r1' }, 'there is no run r1'],
])('%j: %s', async (inputs, message) => {
  const rig = createRig();
  await rig.prepare();
  expect(await rig.digest(inputs)).toMatchObject({ outcome: 'failure', failure: { code: 'input-invalid', message } });
});

it('a task that digests no run is told of none', async () => {
  const rig = createRig({ env: { ORCH_DIGEST: '/from/elsewhere' } });
  await rig.prepare();
  const running = rig.run({ command: 'work', environment: 'ORCH_DIGEST' });
  const process = await rig.processes.next();
  process.exit(0);
  await running;
  expect(Object.keys(process.request.env).filter((name) => /DIGEST|JOURNAL/.test(name))).toEqual([]);
});

it('does nothing for a job that was cancelled', async () => {
  const rig = createRig();
  rig.cancel();
  expect(await rig.digest({ run: 'r0' })).toMatchObject({ outcome: 'cancelled' });
});
