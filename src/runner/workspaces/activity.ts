/** Whether anything moves in a working tree, asked every few seconds: names, sizes and times, no content. */

import { createHash, type Hash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { isErrno } from '../../shared/errno.ts';
import { childPath, locate } from './bytes.ts';

/** Looking takes at most this share of the time, however large the tree is. */
const SHARE = 0.05;

/**
 * A function that gives a digest of the tree below `root`; a large tree is looked at less often than asked, but what
 * is told is never older than `maxAge` milliseconds.
 */
export function createActivity(
  root: string,
  now: () => number = () => performance.now(),
): (maxAge?: number) => Promise<string> {
  let last = '';
  let next = Number.NEGATIVE_INFINITY;
  let seen = Number.NEGATIVE_INFINITY;
  let looking: Promise<string> | undefined;
  const look = async (): Promise<string> => {
    const started = now();
    last = await digest(root);
    const ended = now();
    seen = started;
    next = ended + (ended - started) / SHARE;
    return last;
  };
  return async (maxAge = Number.POSITIVE_INFINITY) => {
    if (looking !== undefined) return looking;
    const time = now();
    if (time < next && time - seen <= maxAge) return last;
    looking = look();
    try {
      return await looking;
    } finally {
      looking = undefined;
    }
  };
}

async function digest(root: string): Promise<string> {
  const hash = createHash('sha256');
  await describe(root, '', hash);
  return hash.digest('hex');
}

/** Entries by name, since their order in a directory means nothing; one directory at a time, for the memory's sake. */
async function describe(root: string, directory: string, hash: Hash): Promise<void> {
  const entries = (await list(root, directory)).filter((entry) => directory !== '' || entry.name !== '.git');
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const stamps = await Promise.all(entries.map((entry) => stamp(root, childPath(directory, entry.name))));
  hash.update(stamps.join(''));
  for (const entry of entries) {
    if (entry.isDirectory()) await describe(root, childPath(directory, entry.name), hash);
  }
}

async function stamp(root: string, path: string): Promise<string> {
  try {
    const { mtimeMs, ctimeMs, size, mode } = await lstat(locate(root, path));
    return `${path}\0${mode}\0${size}\0${mtimeMs}\0${ctimeMs}\n`;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG')) return `${path}\0gone\n`;
    throw error;
  }
}

async function list(root: string, directory: string): Promise<Dirent[]> {
  try {
    return await readdir(locate(root, directory), { withFileTypes: true, encoding: 'latin1' });
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG')) return [];
    throw error;
  }
}
