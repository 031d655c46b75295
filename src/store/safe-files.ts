/**
 * Making files in a checkout that tasks may have tampered with: nothing is written through a symlink that leaves the
 * repository, nothing is overwritten in place, and what the machine refuses comes out as a `MachineError`.
 */

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { type HostPath, hostPath } from '../shared/brand.ts';
import { errnoOf } from '../shared/errno.ts';
import { type FailureCode, MachineError } from '../shared/failure.ts';

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW | constants.O_APPEND;
// Without O_NONBLOCK, opening a FIFO that somebody planted would wait for ever.
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'the system does not permit it',
  EROFS: 'the file system is read-only',
  EIO: 'the disk reported an error',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOENT: 'it is not there',
  EISDIR: 'a directory is in the way',
  ENOTDIR: 'a file is where a directory should be',
  EEXIST: 'something of that name is already there',
};

/** Turns a system error into what the rest of orch understands; `doing` completes "cannot …". Bugs pass unchanged. */
export function machineError(doing: string, cause: unknown): Error {
  if (cause instanceof MachineError) return cause;
  const errno = errnoOf(cause);
  if (errno === undefined) return cause instanceof Error ? cause : new Error(`cannot ${doing}: ${String(cause)}`);
  const code: FailureCode = errno === 'ENOSPC' || errno === 'EDQUOT' ? 'disk-full' : 'environment-lost';
  const message = `cannot ${doing}: ${REASONS[errno] ?? errno}`;
  const hint = code === 'disk-full' ? 'free some space; `orch clean` removes what earlier runs have left' : undefined;
  return new MachineError({ code, message, ...(hint === undefined ? {} : { hint }) }, { cause });
}

/**
 * Makes `path` (relative to `root`) and returns it without symlinks. One that stays inside the repository, git's own
 * folder excepted, is the user's choice and is followed; any other is refused as `unsafe-tree`.
 */
export function ensureDirectory(root: HostPath, path: string): HostPath {
  try {
    const top = realpathSync(root);
    let current = top;
    for (const part of path.split('/')) current = enter(top, current, part);
    return hostPath(current);
  } catch (cause) {
    throw machineError(`make ${path}/ in ${root}`, cause);
  }
}

function enter(top: string, parent: string, name: string): string {
  const path = join(parent, name);
  try {
    mkdirSync(path);
    return path;
  } catch (cause) {
    if (errnoOf(cause) !== 'EEXIST') throw cause;
  }
  if (lstatSync(path).isSymbolicLink()) return throughLink(top, path);
  if (!lstatSync(path).isDirectory())
    throw refusal(`${relative(top, path)} is not a directory, and orch keeps its output there`);
  return path;
}

function throughLink(top: string, path: string): string {
  const shown = relative(top, path);
  let target: string;
  try {
    target = realpathSync(path);
  } catch (cause) {
    throw refusal(`${shown} is a symlink that leads nowhere (${errnoOf(cause) ?? 'unknown reason'})`);
  }
  const inside = relative(top, target);
  const outside = inside === '' || inside === '..' || inside.startsWith(`..${sep}`);
  if (outside || inside.split(sep)[0] === '.git') {
    throw refusal(`${shown} is a symlink that leaves the repository (to ${target}); orch does not write through it`);
  }
  if (!statSync(target).isDirectory()) throw refusal(`${shown} is not a directory, and orch keeps its output there`);
  return target;
}

function refusal(message: string): MachineError {
  return new MachineError({ code: 'unsafe-tree', message, hint: 'remove it, or replace it by a real directory' });
}

/** Somebody may have swapped a folder for a symlink since it was made; `directory` comes from `ensureDirectory`. */
function assertUnmoved(directory: string): void {
  if (realpathSync(directory) !== directory) {
    throw refusal(`${directory} was replaced by a symlink; orch does not write through it`);
  }
}

/** A new file, open for appending: its descriptor. Fails when anything of that name exists, a symlink included. */
export function createFile(path: HostPath, mode = 0o666): number {
  try {
    assertUnmoved(dirname(path));
    return openSync(path, CREATE, mode);
  } catch (cause) {
    throw machineError(`create ${path}`, cause);
  }
}

/** Puts a whole file in place at once: readers see the old text or the new, never a part. Follows no symlink. */
export function replaceFile(path: HostPath, text: string, mode?: number): void {
  const temporary = hostPath(join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`));
  const fd = createFile(temporary, mode);
  try {
    try {
      writeWhole(fd, Buffer.from(text));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (cause) {
    removeFile(temporary);
    throw machineError(`write ${path}`, cause);
  }
}

/** Writes every byte; the system may take a part at a time. */
export function writeWhole(fd: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(fd, bytes, done);
}

/** False when there was nothing to remove. */
export function removeFile(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return false;
    throw machineError(`remove ${path}`, cause);
  }
}

/** What `readSmallFile` found: `text` is missing when it is no regular file, or longer than the limit. */
export interface SmallFile {
  readonly text?: string;
  /** When it was last changed, in milliseconds since 1970. */
  readonly modified: number;
}

/** Undefined when nothing is there. A symlink, a FIFO, a directory is not read. */
export function readSmallFile(path: string, limit: number): SmallFile | undefined {
  let fd: number;
  try {
    fd = openSync(path, READ);
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    if (errnoOf(cause) === 'ELOOP') return { modified: lstatSync(path).mtimeMs };
    throw machineError(`read ${path}`, cause);
  }
  try {
    const found = fstatSync(fd);
    if (!found.isFile() || found.size > limit) return { modified: found.mtimeMs };
    const bytes = Buffer.alloc(limit);
    return { text: bytes.toString('utf8', 0, readSync(fd, bytes, 0, limit, 0)), modified: found.mtimeMs };
  } catch (cause) {
    throw machineError(`read ${path}`, cause);
  } finally {
    closeSync(fd);
  }
}
