import { createHash } from 'node:crypto';
import {
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { MachineError } from '../shared/failure.ts';
import {
  acquireRunLock,
  acquireStreamLock,
  lookAtRunLock,
  type RunLock,
  readRunLock,
  readStreamLock,
  waitForLock,
  waitForNoRun,
} from './lock.ts';
import { describeSelf, formatLockInfo, holderOf, type LockInfo, parseLockInfo } from './lock-info.ts';
import type { Layout } from './paths.ts';
import { type ProcessProbe, probeProcesses } from './process-probe.ts';
import { bundleLockChild, type LockProcess, startLockProcess } from './testing/lock-process.ts';
import { temporaryDirectory, temporaryLayout } from './testing/temporary-layout.ts';

const OLD = new Date('2026-01-01T00:00:00Z');
const probe = probeProcesses();

/** This process as a lock holder, save what `change` says. */
function info(run: string, change: Partial<LockInfo> = {}): LockInfo {
  return { ...describeSelf(run, probe, OLD), ...change };
}

function plant(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  utimesSync(path, OLD, OLD);
}

function take(layout: Layout, run: string): RunLock {
  const taken = acquireRunLock(layout, run);
  if (!taken.ok) throw new Error(taken.error.message);
  return taken.value;
}

function visible(layout: Layout): string {
  return join(layout.logs, 'framework-run.lock');
}

describe('one process', () => {
  it('writes the same lock in both places, and removes both', () => {
    const layout = temporaryLayout();
    const lock = take(layout, 'run-a');
    expect(lock.stale).toBeUndefined();
    expect(readFileSync(layout.lock, 'utf8')).toBe(readFileSync(visible(layout), 'utf8'));
    expect(JSON.parse(readFileSync(layout.lock, 'utf8'))).toEqual(lock.info);
    expect(lock.info).toMatchObject({ run: 'run-a', pid: process.pid, host: probe.host, boot: probe.boot });
    lock.release();
    lock.release();
    expect(readdirSync(layout.orchDir)).toEqual([]);
    expect(readdirSync(layout.logs)).toEqual([]);
  });

  it('is refused while the lock is held, and told by whom', () => {
    const layout = temporaryLayout();
    const lock = take(layout, 'run-a');
    const second = acquireRunLock(layout, 'run-b');
    expect(second).toEqual({
      ok: false,
      error: { by: lock.info, message: expect.stringContaining('run run-a (process '), hint: 'wait for it, or end it' },
    });
    expect(readRunLock(layout)?.info?.run).toBe('run-a');
    expect(readdirSync(layout.orchDir)).toEqual(['run.lock']);
  });

  it('releases nothing that is not its own', () => {
    const layout = temporaryLayout();
    const lock = take(layout, 'run-a');
    const other = formatLockInfo(info('run-b'));
    writeFileSync(layout.lock, other);
    writeFileSync(visible(layout), other);
    lock.release();
    expect(readFileSync(layout.lock, 'utf8')).toBe(other);
    expect(readFileSync(visible(layout), 'utf8')).toBe(other);
  });

  it('gives the true lock back when the visible one cannot be written', () => {
    const layout = temporaryLayout();
    mkdirSync(visible(layout), { recursive: true });
    expect(() => take(layout, 'run-a')).toThrow(MachineError);
    expect(existsSync(layout.lock)).toBe(false);
  });

  it.each(['logs', '.git/orch'])('does not write through a %s that leaves the repository', (name) => {
    const layout = temporaryLayout();
    const elsewhere = temporaryDirectory();
    symlinkSync(elsewhere, join(layout.root, name));
    expect(() => take(layout, 'run-a')).toThrow('leaves the repository');
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('waits until the lock is free', async () => {
    const layout = temporaryLayout();
    const first = take(layout, 'run-a');
    const waited: string[] = [];
    const taken = await waitForLock(() => acquireRunLock(layout, 'run-b'), {
      signal: new AbortController().signal,
      interval: 1,
      onWait: ({ by }) => {
        waited.push(by?.run ?? '');
        setImmediate(() => first.release());
      },
    });
    expect(taken).toMatchObject({ ok: true, value: { info: { run: 'run-b' } } });
    expect(waited).toEqual(['run-a']);
  });

  it('gives up waiting when told to', async () => {
    const layout = temporaryLayout();
    take(layout, 'run-a');
    const abort = new AbortController();
    const taken = await waitForLock(() => acquireRunLock(layout, 'run-b'), {
      signal: abort.signal,
      interval: 60_000,
      onWait: () => abort.abort(),
    });
    expect(taken).toMatchObject({ ok: false, error: { by: { run: 'run-a' } } });
  });
});

describe('a stale lock', () => {
  const dead = 4_194_304 + 7; // Above the largest number that Linux gives.

  it.each<[string, Partial<LockInfo>, string]>([
    ['whose process is gone', { pid: dead }, `its process ${dead} is gone`],
    ['whose process number was used again', { processStart: '1' }, 'belongs to another process now'],
    ['of an earlier boot', { boot: 'another' }, 'the machine was restarted since'],
    [
      'of an earlier boot in another container',
      { boot: 'another', namespace: 'pid:[1]' },
      'the machine was restarted since',
    ],
  ])('%s is taken over with a notice', (_, change, why) => {
    const layout = temporaryLayout();
    plant(layout.lock, formatLockInfo(info('run-dead', change)));
    const lock = take(layout, 'run-a');
    expect(lock.stale).toMatchObject({ info: { run: 'run-dead' }, message: expect.stringContaining(why) });
    expect(readRunLock(layout)?.info?.run).toBe('run-a');
    expect(readdirSync(layout.orchDir)).toEqual(['run.lock']);
  });

  it.each<[string, Partial<LockInfo>]>([
    ['another machine', { host: 'elsewhere', pid: dead }],
    ['another machine with another boot', { host: 'elsewhere', boot: 'another' }],
    ['another container', { namespace: 'pid:[1]', pid: dead }],
  ])('is never seen in one of %s', (_, change) => {
    const layout = temporaryLayout();
    plant(layout.lock, formatLockInfo(info('run-far', change)));
    const taken = acquireRunLock(layout, 'run-a');
    expect(taken).toMatchObject({
      ok: false,
      error: { by: { run: 'run-far' }, hint: `if it is surely over, remove ${layout.lock}` },
    });
  });

  it('is not seen where the start of a living process is unknown', () => {
    expect(holderOf(info('run-a', { processStart: '' }), probe)).toEqual({ state: 'there' });
    const blind: ProcessProbe = { ...probe, startOf: () => ({ gone: false, start: '' }) };
    expect(holderOf(info('run-a'), blind)).toEqual({ state: 'there' });
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"run":"x"}',
    formatLockInfo(info('run-x', { pid: 0 })),
    formatLockInfo(info('\u001b[2J')),
  ])('that reads %j is taken over once it has settled', (text) => {
    const layout = temporaryLayout();
    mkdirSync(layout.orchDir);
    writeFileSync(layout.lock, text);
    expect(acquireRunLock(layout, 'run-a')).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('being written') },
    });
    plant(layout.lock, text);
    const lock = take(layout, 'run-a');
    expect(lock.stale).toEqual({ message: 'the lock that was found was stale: the file is empty or damaged' });
  });

  it('that is a symlink is replaced, and what it points to is left alone', () => {
    const layout = temporaryLayout();
    const outside = join(temporaryDirectory(), 'target');
    writeFileSync(outside, 'precious');
    mkdirSync(layout.orchDir);
    symlinkSync(outside, layout.lock);
    lutimesSync(layout.lock, OLD, OLD);
    take(layout, 'run-a');
    expect(readRunLock(layout)?.info?.run).toBe('run-a');
    expect(readFileSync(outside, 'utf8')).toBe('precious');
  });

  it('is succeeded although a first take-over crashed half-way, and a second one', () => {
    const layout = temporaryLayout();
    const [zero, one, two] = ['run-0', 'run-1', 'run-2'].map((run) => formatLockInfo(info(run, { pid: dead })));
    plant(layout.lock, zero ?? '');
    plant(markAfter(layout, zero ?? ''), one ?? '');
    plant(markAfter(layout, one ?? ''), two ?? '');
    plant(`${layout.lock}.new-0123`, two ?? '');
    expect(take(layout, 'run-a').stale?.info?.run).toBe('run-0');
    expect(readdirSync(layout.orchDir)).toEqual(['run.lock']);
  });

  it('is left to whoever is taking it over just now', () => {
    const layout = temporaryLayout();
    const text = formatLockInfo(info('run-0', { pid: dead }));
    plant(layout.lock, text);
    plant(markAfter(layout, text), formatLockInfo(info('run-b')));
    expect(acquireRunLock(layout, 'run-a')).toMatchObject({ ok: false, error: { by: { run: 'run-b' } } });
  });

  function markAfter(layout: Layout, text: string): string {
    return `${layout.lock}.after-${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
  }
});

it('reads back what it wrote', () => {
  const written = info('run-a');
  expect(parseLockInfo(formatLockInfo(written))).toEqual(written);
});

describe('several processes', () => {
  let directory: string;
  let script: string;

  beforeAll(async () => {
    directory = join(tmpdir(), `orch-lock-${process.pid}`);
    mkdirSync(directory);
    script = await bundleLockChild(directory);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  function start(): LockProcess {
    const child = startLockProcess(script);
    onTestFinished(() => child.kill());
    return child;
  }

  it.each([
    ['a free lock', undefined],
    ['a stale lock', formatLockInfo(info('run-dead', { pid: 4_194_311 }))],
    ['a damaged lock', ''],
  ])('race for %s: one wins, and the others learn who', async (_, text) => {
    const children = Array.from({ length: 4 }, start);
    for (let round = 0; round < 25; round++) {
      const layout = temporaryLayout();
      if (text !== undefined) plant(layout.lock, text);
      const answers = await Promise.all(children.map((child, index) => child.acquire(layout.root, `run-${index}`)));
      const winner = answers.findIndex(({ acquired }) => acquired === true);
      expect(answers.filter(({ acquired }) => acquired === true)).toHaveLength(1);
      expect(readRunLock(layout)?.info).toMatchObject({ run: `run-${winner}`, pid: children[winner]?.pid });
      await children[winner]?.release();
      expect(readdirSync(layout.orchDir)).toEqual([]);
      expect(existsSync(visible(layout))).toBe(false);
    }
  });

  it('take over what a killed one held', async () => {
    const layout = temporaryLayout();
    const [first, second, third] = [start(), start(), start()];
    expect(await first.acquire(layout.root, 'run-1')).toEqual({ acquired: true });
    expect(await second.acquire(layout.root, 'run-2')).toEqual({ acquired: false, by: 'run-1' });
    await first.kill();
    const answers = await Promise.all([second.acquire(layout.root, 'run-2'), third.acquire(layout.root, 'run-3')]);
    expect(answers.filter(({ stale }) => stale === 'run-1')).toHaveLength(1);
    expect(answers.filter(({ acquired }) => acquired === true)).toHaveLength(1);
  });
});

describe('a stream beside the main runs', () => {
  const stream = 'framework-review';

  it('has a lock of its own, which one run at a time has, and never touches the main one', () => {
    const layout = temporaryLayout();
    const main = take(layout, 'run-a');
    const before = readFileSync(layout.lock, 'utf8');
    const review = acquireStreamLock(layout, { stream, run: 'run-b' });
    expect(review.ok && readStreamLock(layout, stream)?.info?.run).toBe('run-b');
    expect(acquireStreamLock(layout, { stream, run: 'run-c' })).toMatchObject({
      ok: false,
      error: { by: { run: 'run-b' } },
    });
    if (review.ok) review.value.release();
    expect(readStreamLock(layout, stream)).toBeUndefined();
    expect([readFileSync(layout.lock, 'utf8'), readdirSync(layout.logs)]).toEqual([before, ['framework-run.lock']]);
    main.release();
  });

  it('looks at the main lock without taking it: free, held, stale', () => {
    const layout = temporaryLayout();
    expect(lookAtRunLock(layout)).toEqual({ kind: 'free' });
    const main = take(layout, 'run-a');
    expect(lookAtRunLock(layout)).toMatchObject({ kind: 'held', held: { by: { run: 'run-a', pid: process.pid } } });
    main.release();
    plant(layout.lock, formatLockInfo(info('run-b', { processStart: '1' })));
    expect(lookAtRunLock(layout)).toMatchObject({ kind: 'stale', stale: { info: { run: 'run-b' } } });
    expect(readRunLock(layout)?.info?.run).toBe('run-b');
  });

  it('waits until the main run is over, but not for a stale lock, nor for ever', async () => {
    const layout = temporaryLayout();
    const main = take(layout, 'run-a');
    const called = new AbortController();
    const told: string[] = [];
    const seen = waitForNoRun(layout, {
      signal: called.signal,
      interval: 1,
      onWait: ({ message }) => {
        told.push(message);
        main.release();
      },
    });
    expect(await seen).toEqual({ kind: 'free' });
    expect(told).toHaveLength(1);
    const again = take(layout, 'run-c');
    const onWait = (): void => called.abort();
    expect(await waitForNoRun(layout, { signal: called.signal, interval: 60_000, onWait })).toMatchObject({
      kind: 'held',
    });
    again.release();
    plant(layout.lock, formatLockInfo(info('run-b', { processStart: '1' })));
    const never = new AbortController().signal;
    expect(await waitForNoRun(layout, { signal: never, onWait })).toMatchObject({ kind: 'stale' });
  });
});
