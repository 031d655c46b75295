import { expect, it } from 'vitest';
import { createBackgroundSteps, type JoinedStep } from './background-steps.ts';
import type { SidePlace } from './frame.ts';
import type { StepDone } from './run-step.ts';

const OK: StepDone = { outcome: 'success', conclusion: 'success', outputs: {} };
const FAILED: StepDone = { outcome: 'failure', conclusion: 'failure', outputs: {} };
const CANCELLED: StepDone = { outcome: 'cancelled', conclusion: 'cancelled', outputs: {} };

function rig() {
  const job = new AbortController();
  const joined: JoinedStep[] = [];
  const shown: string[] = [];
  const begun: string[] = [];
  const ends = new Map<string, (done: StepDone) => void>();
  const background = createBackgroundSteps({ cancelled: job.signal, onJoin: (step) => void joined.push(step) });
  /** Lets what is ready happen. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  const start = async (id: string): Promise<void> => {
    const side: SidePlace = {
      begin: () => undefined,
      print: () => undefined,
      show: async () => void shown.push(id),
      join: () => undefined,
    };
    const run = (cancelled: AbortSignal): Promise<StepDone> => {
      begun.push(id);
      return new Promise((resolve) => {
        ends.set(id, resolve);
        cancelled.addEventListener('abort', () => resolve(CANCELLED), { once: true });
      });
    };
    background.start({ id, name: `Run ${id}`, side, run });
    await settle();
  };
  const end = (id: string, done: StepDone = OK): void => ends.get(id)?.(done);
  return { background, start, end, settle, job, joined, shown, begun };
}

it('ten run at once; the next comes when one has ended', async () => {
  const { background, start, end, settle, begun } = rig();
  for (let index = 1; index <= 12; index++) await start(`s${index}`);
  await settle();
  expect(begun).toHaveLength(10);
  end('s4');
  await settle();
  expect(begun.slice(10)).toEqual(['s11']);
  await background.end();
  expect(begun).toHaveLength(11);
});

it('a wait joins each once, in its order, whenever they end', async () => {
  const { background, start, end, joined } = rig();
  for (const id of ['a', 'b', 'c']) await start(id);
  end('c');
  const wait = background.join(['b', 'a', 'nobody']);
  end('a', FAILED);
  end('b');
  expect((await wait).map(({ name, done }) => [name, done.outcome])).toEqual([
    ['Run b', 'success'],
    ['Run a', 'failure'],
  ]);
  expect(background.rest()).toEqual(['c']);
  // A second wait for the same step says the same again.
  expect(await background.join(['a'])).toMatchObject([{ id: 'a', done: FAILED }]);
  await background.join(background.rest());
  expect(joined.map(({ id }) => id)).toEqual(['b', 'a', 'c']);
  expect(background.conclusions()).toEqual(['failure', 'success', 'success']);
});

it('one that is called off does not count; one that had failed before does', async () => {
  const { background, start, end, settle } = rig();
  await start('server');
  await start('broken');
  end('broken', FAILED);
  await settle();
  expect(await background.callOff('server')).toMatchObject([{ done: CANCELLED }]);
  expect(await background.callOff('broken')).toMatchObject([{ done: FAILED }]);
  expect(await background.callOff('nobody')).toEqual([]);
  expect(background.conclusions()).toEqual(['failure']);
});

it('all end with the job, also those that wait for room', async () => {
  const { background, start, settle, job, begun } = rig();
  for (let index = 1; index <= 11; index++) await start(`s${index}`);
  await settle();
  job.abort();
  await background.join(background.rest());
  expect(background.conclusions()).toEqual(Array.from({ length: 11 }, () => 'cancelled'));
  expect(begun).toHaveLength(10);
});

it('output is shown of those that have ended only', async () => {
  const { background, start, end, settle, shown } = rig();
  await start('a');
  await start('b');
  end('b');
  await settle();
  await background.showEnded();
  expect(shown).toEqual(['b']);
  await background.end();
});

it('a bug in one fails that step', async () => {
  const { background, joined } = rig();
  const nothing = {
    begin: () => undefined,
    print: () => undefined,
    show: async () => undefined,
    join: () => undefined,
  };
  background.start({ id: 'x', name: 'x', side: nothing, run: () => Promise.reject(new Error('oops')) });
  await background.join(['x']);
  expect(joined[0]?.done).toMatchObject({
    outcome: 'failure',
    failure: { code: 'internal', message: 'orch failed: oops' },
  });
});

it('one that failed and is skipped when it is to begin again has not failed, also for who waits for it', async () => {
  const { background, start, end, settle } = rig();
  await start('bg');
  end('bg', FAILED);
  await settle();
  expect((await background.join(['bg'])).map(({ done }) => done.conclusion)).toEqual(['failure']);
  background.settle('bg', { outcome: 'skipped', conclusion: 'skipped', outputs: {} });
  background.settle('unknown', OK);
  expect((await background.join(['bg'])).map(({ done }) => done.conclusion)).toEqual(['skipped']);
  expect([background.failed(), background.conclusions(), background.rest()]).toEqual([[], ['skipped'], []]);
});
