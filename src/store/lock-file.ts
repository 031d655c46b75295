/**
 * A file that one process at a time can have. It appears complete, by link(2). A stale one is replaced by exactly one
 * successor: whoever makes the file `<path>.after-<hash of the stale content>`, which can be made once only. Should
 * that one die half-way, its mark is a stale lock itself, and is succeeded by the same rule.
 */

import { createHash, randomBytes } from 'node:crypto';
import { closeSync, linkSync, readdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type HostPath, hostPath } from '../shared/brand.ts';
import { errnoOf } from '../shared/errno.ts';
import { MachineError } from '../shared/failure.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { type Holder, holderOfFile, type LockFile, type LockInfo, readLockFile } from './lock-info.ts';
import type { ProcessProbe } from './process-probe.ts';
import { createFile, machineError, removeFile, writeWhole } from './safe-files.ts';

export interface StaleLock {
  /** Missing when the lock file was damaged. */
  readonly info?: LockInfo;
  /** One sentence, such as `the lock of run … was stale: its process 12 is gone`. */
  readonly message: string;
}

export interface LockHeld {
  /** Missing when the lock file is just being written. */
  readonly by?: LockInfo;
  readonly message: string;
  readonly hint: string;
}

/** Enough for any real race; more means that something else rewrites the lock. */
const ROUNDS = 100;

/** Makes the lock file `path` with `text`, or says who has it. The value is the stale lock that was replaced, if any. */
export function takeLockFile(
  path: HostPath,
  text: string,
  probe: ProcessProbe,
): Result<StaleLock | undefined, LockHeld> {
  const mine = hostPath(`${path}.new-${randomBytes(8).toString('hex')}`);
  writeNew(mine, text);
  try {
    for (let round = 0; round < ROUNDS; round++) {
      if (linkNew(mine, path, text)) return ok(undefined);
      const seen = readLockFile(path);
      if (seen === undefined) continue;
      const holder = holderOfFile(seen, probe, Date.now());
      if (holder.state !== 'gone') return err(held(seen, holder));
      const succeeded = succeed(seen, { mine, path, text, probe });
      if (!succeeded.ok) return succeeded;
      if (succeeded.value) return ok(stale(seen, holder.why));
    }
  } finally {
    removeFile(mine);
  }
  throw new MachineError({
    code: 'environment-lost',
    message: `the lock ${path} keeps changing; something else writes it`,
  });
}

export type LockState =
  | { readonly kind: 'free' }
  | { readonly kind: 'held'; readonly held: LockHeld }
  | { readonly kind: 'stale'; readonly stale: StaleLock };

/** Looks only: the lock stays as it is. */
export function lookAtLock(path: HostPath, probe: ProcessProbe): LockState {
  const seen = readLockFile(path);
  if (seen === undefined) return { kind: 'free' };
  const holder = holderOfFile(seen, probe, Date.now());
  if (holder.state === 'gone') return { kind: 'stale', stale: stale(seen, holder.why) };
  return { kind: 'held', held: held(seen, holder) };
}

interface Candidate {
  readonly mine: HostPath;
  readonly path: HostPath;
  readonly text: string;
  readonly probe: ProcessProbe;
}

/** Replaces the stale lock `seen`; false when it is no longer there, and everything is to be looked at again. */
function succeed(seen: LockFile, candidate: Candidate): Result<boolean, LockHeld> {
  const { mine, path, text, probe } = candidate;
  const marks: HostPath[] = [];
  let last = seen;
  for (let depth = 0; depth < ROUNDS; depth++) {
    const mark = hostPath(`${path}.after-${createHash('sha256').update(last.text).digest('hex').slice(0, 24)}`);
    if (linkNew(mine, mark, text)) return ok(replaceStale(seen, [...marks, mark], candidate));
    const other = readLockFile(mark);
    if (other === undefined) return ok(false);
    const holder = holderOfFile(other, probe, Date.now());
    if (holder.state !== 'gone') return err(held(other, holder));
    marks.push(mark);
    last = other;
  }
  throw new MachineError({
    code: 'environment-lost',
    message: `too many broken take-overs beside ${path}`,
    hint: `remove ${path}.after-*`,
  });
}

/** Called by the one successor. The stale lock may have been replaced before its mark was made: then nothing is done. */
function replaceStale(seen: LockFile, marks: readonly HostPath[], { mine, path }: Candidate): boolean {
  const own = marks.at(-1);
  const now = readLockFile(path);
  if (now?.text !== seen.text) {
    if (own !== undefined) removeFile(own);
    return false;
  }
  try {
    renameSync(mine, path);
  } catch (cause) {
    if (own !== undefined) removeFile(own);
    throw machineError(`take over the lock ${path}`, cause);
  }
  for (const mark of marks) removeFile(mark);
  return true;
}

/** What crashed take-overs left beside the lock. Only its holder may do this: no successor is being chosen then. */
export function sweepMarks(path: HostPath, probe: ProcessProbe): void {
  const prefixes = [`${basename(path)}.after-`, `${basename(path)}.new-`];
  for (const name of readdirSync(dirname(path))) {
    if (!prefixes.some((prefix) => name.startsWith(prefix))) continue;
    const file = readLockFile(join(dirname(path), name));
    if (file !== undefined && holderOfFile(file, probe, Date.now()).state === 'gone') removeFile(file.path);
  }
}

function writeNew(path: HostPath, text: string): void {
  const fd = createFile(path);
  try {
    writeWhole(fd, Buffer.from(text));
  } catch (cause) {
    removeFile(path);
    throw machineError(`write ${path}`, cause);
  } finally {
    closeSync(fd);
  }
}

/** Gives `source` a second name; false when that name is taken. */
function linkNew(source: HostPath, path: HostPath, text: string): boolean {
  try {
    linkSync(source, path);
    return true;
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === 'EEXIST') return false;
    if (!NO_LINKS.has(errno ?? '')) throw machineError(`make the lock ${path}`, cause);
  }
  try {
    writeNew(path, text);
    return true;
  } catch (cause) {
    if (errnoOf(cause instanceof MachineError ? cause.cause : cause) === 'EEXIST') return false;
    throw cause;
  }
}

/** How disks without hard links answer (FAT, some network shares). */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

function held({ path, info }: LockFile, holder: Holder): LockHeld {
  const why = holder.state === 'there' ? undefined : holder.why;
  const who =
    info === undefined ? 'another run' : `run ${info.run} (process ${info.pid} on ${info.host}, since ${info.started})`;
  return {
    ...(info === undefined ? {} : { by: info }),
    message: `${who} is on in this repository${why === undefined ? '' : `; ${why}`}`,
    hint: why === undefined ? 'wait for it, or end it' : `if it is surely over, remove ${path}`,
  };
}

function stale({ info }: LockFile, why: string): StaleLock {
  const whose =
    info === undefined ? 'the lock that was found' : `the lock of run ${info.run}, started ${info.started},`;
  return { message: `${whose} was stale: ${why}`, ...(info === undefined ? {} : { info }) };
}
