/**
 * One at a time: changes to worktrees and refs go through a queue in this process and a lock file that all orch
 * processes of a repository share. Held for milliseconds; a lock whose owner is gone is taken over.
 */

import { randomUUID } from 'node:crypto';
import { linkSync, lstatSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isErrno } from '../../shared/errno.ts';
import { MachineError } from '../../shared/failure.ts';
import { isAlive, isIdentity, thisProcess } from './process-identity.ts';

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
    unlinkSync(file);
  }
}

async function acquire(file: string, patience: number): Promise<void> {
  const owner = `${file}.${randomUUID()}`;
  writeFileSync(owner, JSON.stringify(thisProcess()));
  try {
    const deadline = performance.now() + patience;
    // A hard link appears with its content or not at all, so a lock is never seen half written.
    while (!tryLink(owner, file)) {
      if (takeOver(file)) continue;
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
    unlinkSync(owner);
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * Removes the lock when its owner is gone. True when it is worth trying again at once. Of all who see the same stale
 * lock one may claim it, and nobody else removes a lock that is not their own, so what is removed is what was seen.
 * Without an await in between: a claim is held for microseconds.
 */
function takeOver(file: string): boolean {
  const seen = instance(file);
  if (seen === undefined) return true;
  if (ownerLives(readIfThere(file))) return false;
  const claim = `${file}.claim`;
  if (!tryClaim(claim)) return false;
  try {
    if (instance(file) === seen) unlinkSync(file);
  } finally {
    unlinkSync(claim);
  }
  return true;
}

/** A claim this old, in milliseconds, was left by a process that died in the middle of one. */
const CLAIM_AGE = 10_000;

function tryClaim(claim: string): boolean {
  try {
    writeFileSync(claim, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
  const made = statSync(claim, { throwIfNoEntry: false })?.mtimeMs;
  if (made !== undefined && Date.now() - made > CLAIM_AGE) rmSync(claim, { force: true });
  return false;
}

/** Tells a lock file from a later one of the same name; numbers of removed files are used again, times are not. */
function instance(file: string): string | undefined {
  const stat = lstatSync(file, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? undefined : `${stat.ino} ${stat.ctimeNs}`;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return '';
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
