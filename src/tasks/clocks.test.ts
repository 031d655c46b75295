import { describe, expect, it } from 'vitest';
import type { ActionResult } from './action.ts';
import { readRun } from './record.ts';
import { settled } from './testing/fake-clock.ts';
import type { FakeProcess } from './testing/fake-processes.ts';
import { createRig, type Rig } from './testing/rig.ts';

interface Started {
  readonly rig: Rig;
  readonly process: FakeProcess;
  readonly result: Promise<ActionResult>;
  /** Whether the command was told to stop. */
  readonly isStopped: () => boolean;
}

async function start(inputs: Readonly<Record<string, string>>): Promise<Started> {
  const rig = createRig();
  await rig.prepare();
  const result = rig.run({ command: 'agent', ...inputs });
  const process = await rig.processes.next();
  // The most deceptive end: a program that catches the signal and says that all is well.
  process.whenStopped({ kind: 'exited', code: 0 });
  return { rig, process, result, isStopped: () => process.stops.length > 0 };
}

async function failureOf({ rig, result, process }: Started): Promise<string | undefined> {
  const { failure, outcome } = await result;
  expect(process.stops).toEqual([10_000]);
  expect(process.reaps).toBe(1);
  expect(outcome).toBe('failure');
  expect(readRun(rig.memo)?.verdict).toEqual({
    claim: 'success',
    evidence: [
      { check: 'exit', ok: true, seen: 'exit code 0' },
      { check: 'ended-by-orch', ok: false, seen: failure?.code },
    ],
  });
  expect(rig.clock.pending()).toBe(0);
  return failure?.code;
}

describe('the whole clock', () => {
  it('ends a command however much it writes, and it never succeeds then', async () => {
    const started = await start({ timeout: '10m' });
    for (let minute = 1; minute < 10; minute += 1) {
      await started.rig.clock.advance(60_000);
      started.process.write('busy\n');
    }
    await started.rig.clock.advance(59_999);
    expect(started.isStopped()).toBe(false);
    await started.rig.clock.advance(1);
    expect(await failureOf(started)).toBe('timeout');
    expect((await started.result).failure?.message).toBe('the command was ended: it ran longer than 10m 00s');
  });

  it('is an hour unless told', async () => {
    const started = await start({});
    await started.rig.clock.advance(3_599_999);
    expect(started.isStopped()).toBe(false);
    await started.rig.clock.advance(1);
    expect(await failureOf(started)).toBe('timeout');
  });

  it('is called off when the command ends', async () => {
    const { rig, process, result, isStopped } = await start({
      timeout: '1m',
      'idle-timeout': '10s',
      'startup-timeout': '5s',
    });
    process.exit(0);
    expect((await result).outcome).toBe('success');
    expect(rig.clock.pending()).toBe(0);
    expect(isStopped()).toBe(false);
  });
});

describe('the startup clock', () => {
  it('ends a command that never says anything', async () => {
    const started = await start({ 'startup-timeout': '30s' });
    await started.rig.clock.advance(30_000);
    expect(await failureOf(started)).toBe('startup-timeout');
  });

  it('stops for good at the first byte', async () => {
    const { rig, process, result, isStopped } = await start({ 'startup-timeout': '30s' });
    await rig.clock.advance(29_999);
    process.write('.');
    await rig.clock.advance(600_000);
    expect(isStopped()).toBe(false);
    process.exit(0);
    expect((await result).outcome).toBe('success');
  });
});

describe('the idle clock', () => {
  const idle = { 'idle-timeout': '80s', timeout: '24h' };

  it('ends a command without progress, not early and not much too late', async () => {
    const started = await start(idle);
    started.process.write('thinking\n');
    await started.rig.clock.advance(80_000);
    expect(started.isStopped()).toBe(false);
    await started.rig.clock.advance(20_000);
    expect(await failureOf(started)).toBe('idle-timeout');
  });

  const signs: readonly (readonly [string, (started: Started, round: number) => void])[] = [
    ['output', ({ process }) => process.write('.')],
    ['a changed file', ({ rig }, round) => rig.repository.work.write('a', String(round))],
    ['an hundredth of a core', ({ process }) => process.spend(600)],
  ];
  it.each(signs)('starts anew at %s', async (_, progress) => {
    const started = await start(idle);
    for (let round = 0; round < 20; round += 1) {
      progress(started, round);
      await started.rig.clock.advance(60_000);
    }
    expect(started.isStopped()).toBe(false);
    await started.rig.clock.advance(100_000);
    expect(await failureOf(started)).toBe('idle-timeout');
  });

  it('is not deceived by a process that only wakes now and then', async () => {
    const started = await start(idle);
    for (let second = 0; second < 100; second += 1) {
      started.process.spend(2);
      await started.rig.clock.advance(1000);
    }
    expect(await failureOf(started)).toBe('idle-timeout');
  });

  it('adds up slow use of the processor over several looks', async () => {
    const started = await start({ 'idle-timeout': '1s', timeout: '1h' });
    for (let tick = 0; tick < 100; tick += 1) {
      started.process.spend(5);
      await started.rig.clock.advance(100);
    }
    expect(started.isStopped()).toBe(false);
  });

  it('looks rarely, and never while there is output', async () => {
    const { rig, process, isStopped } = await start({ 'idle-timeout': '1h', timeout: '24h' });
    for (let second = 0; second < 600; second += 1) {
      process.write('.');
      await rig.clock.advance(1000);
    }
    const looks = () => rig.repository.asked.filter((line) => line === 'activity').length;
    expect(looks()).toBe(0);
    await rig.clock.advance(600_000);
    expect(looks()).toBeLessThanOrEqual(40);
    expect(isStopped()).toBe(false);
  });

  it('judges by the rest when files cannot be looked at', async () => {
    const started = await start(idle);
    started.rig.repository.broken.set('activity', new Error('unreadable'));
    for (let round = 0; round < 10; round += 1) {
      started.process.spend(10_000);
      await started.rig.clock.advance(60_000);
    }
    expect(started.isStopped()).toBe(false);
    await started.rig.clock.advance(100_000);
    expect(await failureOf(started)).toBe('idle-timeout');
  });

  it('does not run unless asked for', async () => {
    const { rig, isStopped } = await start({ timeout: '24h' });
    await rig.clock.advance(23 * 3_600_000);
    expect(isStopped()).toBe(false);
    expect(rig.repository.asked).not.toContain('activity');
  });
});

describe('cancellation', () => {
  it.each([
    ['a sentence', 'stopped by the user', 'stopped by the user'],
    ['an object with one', { reason: 'on-failure', message: 'db failed' }, 'db failed'],
    ['nothing of use', 42, 'the job was cancelled'],
  ])('ends the command at once, for the reason that %s gives', async (_, reason, message) => {
    const { rig, process, result } = await start({});
    rig.cancel(reason);
    expect(await result).toMatchObject({ outcome: 'cancelled', failure: { code: 'cancelled', message } });
    expect(process.stops).toEqual([10_000]);
    expect(process.reaps).toBe(1);
    expect(readRun(rig.memo)).toMatchObject({ outcome: 'cancelled', verdict: { claim: 'success' } });
  });

  it('that comes as the command ends by itself still cancels', async () => {
    const { rig, process, result } = await start({ verify: 'npm test' });
    process.exit(0);
    rig.cancel();
    expect((await result).outcome).toBe('cancelled');
    expect(rig.processes.started).toHaveLength(1);
  });

  it('does not take back a timeout that came first', async () => {
    const started = await start({ timeout: '1s' });
    await started.rig.clock.advance(1000);
    await settled();
    started.rig.cancel();
    expect((await started.result).failure?.code).toBe('timeout');
  });
});

describe('the watch over the disk', () => {
  it('ends a command that leaves less than is kept free, and says where', async () => {
    const started = await start({ timeout: '10m' });
    started.rig.disk.free = 600 * 1024 ** 2;
    await started.rig.clock.advance(1000);
    expect(started.isStopped()).toBe(false);
    started.rig.disk.free = 500 * 1024 ** 2;
    await started.rig.clock.advance(1000);
    expect(started.isStopped()).toBe(true);
    const { failure } = await started.result;
    expect(failure?.message).toMatch(/^the command was ended: less than 512 MiB is free where \/work-tree is/);
    expect(await failureOf(started)).toBe('disk-full');
  });

  it('keeps no more of a small disk than half of what was free', async () => {
    const rig = createRig();
    await rig.prepare();
    rig.disk.free = 1000;
    const result = rig.run({ command: 'agent', verify: 'check' });
    const process = await rig.processes.next();
    rig.disk.free = 501;
    await rig.clock.advance(1000);
    process.exit(0);
    const check = await rig.processes.next();
    rig.disk.free = 250;
    await rig.clock.advance(1000);
    expect(check.stops).toEqual([]);
    rig.disk.free = 100;
    await rig.clock.advance(1000);
    expect(check.stops).toEqual([10_000]);
    expect((await result).failure).toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/^verify was ended/),
    });
    expect(rig.clock.pending()).toBe(0);
  });
});
