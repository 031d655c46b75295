/**
 * One at a time: changes to worktrees and refs go through a queue in this process and a lock file that all orch
 * processes of a repository share. Held for milliseconds; a lock whose owner is gone is taken over.
 */
import { link, lstat, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { MachineError } from '../../shared/failure.ts';
import { isAlive, isIdentity, thisProcess } from './process-identity.ts';
import { isCode } from './safe-files.ts';

export type Exclusive = <T>(work: () => Promise<T>) => Promise<T>;

export interface LockOptions {
  /** How long to wait for another process, in milliseconds. */
  readonly patience?: number;
}

/** A function that runs what it is given while nobody else of this repository does. `file` is the lock. */
export function createLock(file: string, options: LockOptions = {}): Exclusive {
  const patience = options.patience ?? 60_000;
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(() => hold(file, patience, work));
    last = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  };
}

async function hold<T>(file: string, patience: number, work: () => Promise<T>): Promise<T> {
  await acquire(file, patience);
  try {
    return await work();
  } finally {
    await unlink(file);
  }
}

async function acquire(file: string, patience: number): Promise<void> {
  const owner = `${file}.${process.pid}.${(attempts++).toString(36)}`;
  await writeFile(owner, JSON.stringify(thisProcess()));
  try {
    const deadline = performance.now() + patience;
    // A hard link appears with its content or not at all, so a lock is never seen half written.
    while (!(await tryLink(owner, file))) {
      if (await takeOver(file)) continue;
      if (performance.now() > deadline) {
        throw new MachineError({
          code: 'environment-lost',
          message: `the repository's lock ${file} is held by another orch process`,
          hint: 'wait for it to end, or remove the file when no orch is running',
        });
      }
      await delay(5 + (process.pid % 7));
    }
  } finally {
    await unlink(owner);
  }
}
let attempts = 0;

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Removes the lock when its owner is gone. True when it is worth trying again at once. */
async function takeOver(file: string): Promise<boolean> {
  const aside = `${file}.${process.pid}.stale`;
  try {
    const { ino } = await lstat(file);
    if (ownerLives(await readFile(file, 'utf8'))) return false;
    await rename(file, aside);
    // Two processes may see the same stale lock: the slower one has just moved the faster one's new lock.
    if ((await lstat(aside)).ino !== ino) await tryLink(aside, file);
    await unlink(aside);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return true;
    throw error;
  }
}

function ownerLives(text: string): boolean {
  try {
    const owner: unknown = JSON.parse(text);
    return isIdentity(owner) && isAlive(owner);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
