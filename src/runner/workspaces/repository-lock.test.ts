import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAlive, thisProcess } from './process-identity.ts';
import { createLock } from './repository-lock.ts';
import { temporaryDirectory } from './testing/sandbox.ts';

describe('the lock of a repository', () => {
  it('lets one in at a time, in order, however many locks there are', async () => {
    const file = join(temporaryDirectory(), 'lock');
    const locks = [createLock(file), createLock(file), createLock(file)] as const;
    let inside = 0;
    const seen: number[] = [];
    const enter = (lock: 0 | 1 | 2, turn: number) =>
      locks[lock](async () => {
        expect(++inside).toBe(1);
        expect(existsSync(file)).toBe(true);
        if (lock === 0) seen.push(turn);
        await new Promise((resolve) => setImmediate(resolve));
        inside--;
      });
    await Promise.all(
      ([0, 1, 2] as const).flatMap((lock) => Array.from({ length: 8 }, (_, turn) => enter(lock, turn))),
    );
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });

  it('goes on after work that failed', async () => {
    const file = join(temporaryDirectory(), 'lock');
    const lock = createLock(file);
    await expect(lock(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await lock(() => Promise.resolve(7))).toBe(7);
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, started: '5' })],
    ['a process whose number was given away', JSON.stringify({ pid: process.pid, started: '5' })],
    ['nobody', ''],
    ['nonsense', '{"pid":"x"}'],
  ])('is taken over from %s, by each of many in turn', async (_, content) => {
    const file = join(temporaryDirectory(), 'lock');
    writeFileSync(file, content);
    let inside = 0;
    const results = await Promise.all(
      Array.from({ length: 6 }, (_unused, at) =>
        createLock(file)(async () => {
          expect(++inside).toBe(1);
          await new Promise((resolve) => setImmediate(resolve));
          inside--;
          return at;
        }),
      ),
    );
    expect(results).toEqual([0, 1, 2, 3, 4, 5]);
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });

  it('gives up on a living owner with a clear error', async () => {
    const file = join(temporaryDirectory(), 'lock');
    writeFileSync(file, JSON.stringify(thisProcess()));
    await expect(createLock(file, { patience: 1 })(() => Promise.resolve())).rejects.toThrow(
      'is held by another orch process',
    );
    expect(existsSync(file)).toBe(true);
  });
});

it('tells a living process from a dead one', () => {
  expect(isAlive(thisProcess())).toBe(true);
  expect(isAlive({ pid: process.pid })).toBe(true);
  expect(isAlive({ pid: 2 ** 22 + 1 })).toBe(false);
});

it.skipIf(process.platform !== 'linux')('takes one for alive that it could not see if it were', () => {
  const here = thisProcess().space;
  expect(here).toMatch(/^pid:\[\d+\]$/);
  expect(isAlive({ ...thisProcess(), started: 'long ago' })).toBe(false);
  // From the first namespace of the machine all others can be seen: there it is gone.
  const isSeeingAll = here === 'pid:[4026531836]';
  expect(isAlive({ pid: 1, space: 'pid:[1]' })).toBe(!isSeeingAll);
});
