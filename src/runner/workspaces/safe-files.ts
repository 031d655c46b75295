/**
 * Reading and removing files that a task may have planted: no symlink is followed, no named pipe waited for. Small files
 * are looked at where we stand: through Node's thread pool each call would cost several times its own price.
 */

import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isErrno } from '../../shared/errno.ts';
import { createPace, type Pace } from './pace.ts';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** The file's bytes, or undefined when it is absent, larger than `limit` bytes, or not a regular file. */
export async function readRegular(path: string | Buffer, limit: number): Promise<Buffer | undefined> {
  const file = openIfThere(path);
  if (file === undefined) return undefined;
  try {
    const stat = fstatSync(file);
    return stat.isFile() && stat.size <= limit ? readFileSync(file) : undefined;
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string | Buffer): number | undefined {
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK', 'ENXIO', 'EACCES', 'ENAMETOOLONG', 'EISDIR'))
      return undefined;
    throw error;
  }
}

/** As `readRegular`, for a file of one line. */
export async function readLine(path: string): Promise<string | undefined> {
  return (await readRegular(path, 8192))?.toString('utf8').trim();
}

/** Whether anything has this name, a dangling symlink included. */
export async function exists(path: string | Buffer): Promise<boolean> {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG')) return false;
    throw error;
  }
}

/** Whether this is a plain file: not a symlink to one, not a named pipe that a reader would hang on. */
export async function isRegular(path: string): Promise<boolean> {
  try {
    return lstatSync(path).isFile();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}

/** Whether `path` below `root` is a folder, and every name on the way to it too: no symlink is among them. */
export async function isPlainFolder(root: string, path: string): Promise<boolean> {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    try {
      if (!lstatSync(join(root, ...parts.slice(0, depth))).isDirectory()) return false;
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EACCES')) return false;
      throw error;
    }
  }
  return true;
}

/** Writes beside and renames, so that a reader or a crash sees the old file or the new one. */
export async function replaceFile(path: string, content: string | Buffer): Promise<void> {
  const draft = `${path}.${process.pid}.${(drafts++).toString(36)}.new`;
  writeFileSync(draft, content, { mode: 0o644 });
  renameSync(draft, path);
}
let drafts = 0;

/**
 * Removes whatever has this name, the read-only directories that package managers leave included. One directory at a
 * time: the removal that node:fs has holds a promise for every file of the tree at once.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    if (!lstatSync(path).isDirectory()) return unlinkSync(path);
    const removal: Removal = { top: path, pace: createPace(), aside: [Buffer.from(path)] };
    for (let next = removal.aside.pop(); next !== undefined; next = removal.aside.pop())
      await removeDirectory(next, removal, 3);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error;
  }
}

interface Removal {
  readonly top: string;
  readonly pace: Pace;
  /** Directories that wait for their turn. */
  readonly aside: Buffer[];
}

/** Bytes. Longer paths come near what the system takes, and a program that goes step by step can make longer ones. */
const LONG_PATH = 2000;

async function removeDirectory(directory: Buffer, removal: Removal, attempts: number): Promise<void> {
  try {
    const entries = readdirSync(directory, { withFileTypes: true, encoding: 'latin1' });
    const named = (entry: Dirent): Buffer => Buffer.concat([directory, Buffer.from(`/${entry.name}`, 'latin1')]);
    for (const entry of entries) {
      if (entry.isDirectory()) await removeBelow(named(entry), removal, attempts);
      else {
        unlinkSync(named(entry));
        await removal.pace();
      }
    }
    rmdirSync(directory);
  } catch (error) {
    // Something may still write or remove in there; a few attempts tell that from a real obstacle.
    if (attempts === 0 || !isErrno(error, 'EACCES', 'EPERM', 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
    if (isErrno(error, 'EACCES', 'EPERM')) chmodSync(directory, 0o700);
    if (await exists(directory)) await removeDirectory(directory, removal, attempts - 1);
  }
}

/** What lies too deep gets a place beside the tree, to be removed from there. */
async function removeBelow(directory: Buffer, removal: Removal, attempts: number): Promise<void> {
  if (directory.length < LONG_PATH) return removeDirectory(directory, removal, attempts);
  // Only a directory that can be written can be moved.
  chmodSync(directory, 0o700);
  const place = Buffer.from(`${removal.top}-${randomUUID()}`);
  renameSync(directory, place);
  removal.aside.push(place);
}
