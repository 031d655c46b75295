import { expect, it } from 'vitest';
import { hostPath } from '../shared/brand.ts';
import { MachineError } from '../shared/failure.ts';
import { addContainment, runCommand, UNCONTAINED } from './command.ts';
import type { RunningProcess } from './ports.ts';
import { createRig } from './testing/rig.ts';

const request = {
  argv: ['agent'],
  cwd: hostPath('/work-tree'),
  env: {},
  disks: [],
  limits: { whole: 60_000, startup: 1000 },
} as const;

function runningProcess(over: Partial<RunningProcess>, reaped: { count: number }): RunningProcess {
  return {
    exit: new Promise(() => undefined),
    cpuTime: async () => 0,
    stop: async () => undefined,
    reap: async () => {
      reaped.count += 1;
      return UNCONTAINED;
    },
    ...over,
  };
}

it('counts what a command writes before its start is even confirmed', async () => {
  const rig = createRig();
  const reaped = { count: 0 };
  let end: (code: number) => void = () => undefined;
  const exit = new Promise<{ kind: 'exited'; code: number }>((resolve) => {
    end = (code) => resolve({ kind: 'exited', code });
  });
  const processes = {
    start: async ({ onOutput }: { onOutput: (chunk: Uint8Array) => void | Promise<void> }) => {
      await onOutput(new TextEncoder().encode('early\n'));
      return runningProcess({ exit }, reaped);
    },
  };
  const ended = runCommand({ ...rig.ports, processes }, request);
  await rig.clock.advance(5000);
  end(0);
  expect(await ended).toEqual({
    reached: [],
    exit: { kind: 'exited', code: 0 },
    contained: UNCONTAINED,
    duration: 5000,
  });
  expect(rig.log()).toBe('early\n');
});

it('leaves nothing running when the machine fails to stop it', async () => {
  const rig = createRig();
  const reaped = { count: 0 };
  const stop = async () => {
    throw new MachineError({ code: 'environment-lost', message: 'gone' });
  };
  const processes = { start: async () => runningProcess({ stop }, reaped) };
  const ended = runCommand({ ...rig.ports, processes }, request).catch((error: unknown) => error);
  await rig.clock.advance(1000);
  expect(await ended).toMatchObject({ message: 'gone' });
  expect(reaped.count).toBe(1);
  expect(rig.clock.pending()).toBe(0);
});

it('is held back by a log that is behind', async () => {
  const rig = createRig();
  const behind = Promise.resolve();
  const ended = runCommand({ ...rig.ports, log: { write: () => behind, note: () => undefined } }, request);
  const process = await rig.processes.next();
  expect(process.request.onOutput(new Uint8Array(1))).toBe(behind);
  process.exit(0);
  expect((await ended).exit).toEqual({ kind: 'exited', code: 0 });
});

it('adds containments up', () => {
  const sum = addContainment({ by: ['cookie'], reaped: 1 }, { by: ['cookie', 'pid-namespace'], reaped: 2 });
  expect(sum).toEqual({ by: ['cookie', 'pid-namespace'], reaped: 3 });
  const alive = { by: ['cookie'], reaped: 0, alive: 1 } as const;
  expect(addContainment(alive, UNCONTAINED)).toEqual(alive);
  expect(addContainment(alive, alive)).toMatchObject({ alive: 2 });
});
