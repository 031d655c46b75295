/** Removals that somebody else is at too, and what an engine keeps. */
import { afterAll, describe, expect, it } from 'vitest';
import { MachineError } from '../../../shared/failure.ts';
import type { Engine } from './engine.ts';
import { labelsOf } from './labels.ts';
import { gone, listContainersByRun, sweepContainers } from './sweep.ts';
import { BASE, findRealEngine } from './testing/real-engine.ts';

/** Answers with one after the other, and with the last for good. */
function answering(...statuses: readonly number[]) {
  let asked = 0;
  return {
    removal: async () => {
      const statusCode = statuses[Math.min(asked++, statuses.length - 1)];
      if (statusCode !== 204) throw Object.assign(new Error('(HTTP code) refused - no'), { statusCode });
    },
    asked: () => asked,
  };
}

it.each<readonly [string, readonly number[], number]>([
  ['was there', [204], 1],
  ['was not there', [404], 1],
  ['somebody else removes', [409, 409, 404], 3],
  ['is used until what uses it is gone', [409, 403, 204], 3],
])('waits for what %s', async (_, statuses, times) => {
  const { removal, asked } = answering(...statuses);
  await gone(removal);
  expect(asked()).toBe(times);
});

it('does not wait for ever, nor for what the engine fails to do', async () => {
  const stuck = answering(409);
  await expect(gone(stuck.removal, 100)).rejects.toThrow(MachineError);
  expect(stuck.asked()).toBeGreaterThan(1);
  const broken = answering(500);
  await expect(gone(broken.removal)).rejects.toThrow('does not remove what it was asked to: (HTTP code) refused - no');
  expect(broken.asked()).toBe(1);
});

const engine = await findRealEngine();

it('has an engine to be tried on', (context) => {
  if (typeof engine === 'string') context.skip(engine);
  expect(engine).toBeTypeOf('object');
});

describe.skipIf(typeof engine === 'string')('at a real engine', () => {
  const { docker } = engine as Engine;
  const run = `sweep-${process.pid}`;
  const names = { container: `${run}-user`, volume: `${run}-volume` };
  afterAll(async () => {
    await gone(() => docker.getContainer(names.container).remove({ force: true }));
    await gone(() => docker.getVolume(names.volume).remove());
  });

  it('of two that remove the same each finds it gone', async () => {
    const Labels = { ...labelsOf({ run: `${run}-two`, job: 'j' }) };
    const container = await docker.createContainer({ Image: BASE, Cmd: ['sleep', '1000'], Labels });
    await container.start();
    const removal = () => container.remove({ force: true });
    await Promise.all(
      [gone(removal), gone(removal), gone(removal)].map(async (one) => {
        await one;
        expect((await listContainersByRun(process.env)).get(`${run}-two`)).toBeUndefined();
      }),
    );
  });

  it('says what stays, since something else uses it', async () => {
    const Labels = { ...labelsOf({ run, job: 'j' }) };
    await docker.createVolume({ Name: names.volume, Labels });
    const HostConfig = { Binds: [`${names.volume}:/x`] };
    const container = await docker.createContainer({ name: names.container, Image: BASE, HostConfig });
    const { removed, problems } = await sweepContainers(run, process.env);
    expect([removed, problems]).toEqual([[], [expect.stringMatching(/^sweep-\d+-volume was not removed: .*use/)]]);
    await container.remove();
    expect(await sweepContainers(run, process.env)).toEqual({ removed: [names.volume], problems: [] });
  });
});
