/** Adding files to the user's checkout for them: nothing that is there already is ever changed, save by a line at its end. */

import { closeSync, constants, lstatSync, openSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type HostPath, hostPath } from '../shared/brand.ts';
import { errnoOf } from '../shared/errno.ts';
import { MachineError } from '../shared/failure.ts';
import {
  createFile,
  ensureDirectory,
  machineError,
  readSmallFile,
  removeFile,
  replaceFile,
  writeWhole,
} from './safe-files.ts';

const IGNORE_LIMIT = 1024 * 1024;

/**
 * Makes `root`/`path` (relative, with `/`) and the folders on the way. `there`: something has that name and was left
 * alone. Throws `MachineError` when the disk refuses, or a folder on the way leaves the repository.
 */
export function addFile(root: HostPath, path: string, text: string): 'written' | 'there' {
  const folder = dirname(path) === '.' ? root : ensureDirectory(root, dirname(path));
  const file = hostPath(join(folder, basename(path)));
  if (isThere(file)) return 'there';
  let fd: number;
  try {
    fd = createFile(file);
  } catch (cause) {
    if (cause instanceof MachineError && errnoOf(cause.cause) === 'EEXIST') return 'there';
    throw cause;
  }
  try {
    writeWhole(fd, Buffer.from(text));
  } catch (cause) {
    // Half a file would count as there the next time.
    removeFile(file);
    throw machineError(`write ${path}`, cause);
  } finally {
    closeSync(fd);
  }
  return 'written';
}

/** What stands where a file is to be written: `ours` begins with the mark, `foreign` does not, or is no regular file. */
export type Standing = { readonly kind: 'missing' | 'foreign' } | { readonly kind: 'ours'; readonly text: string };

/** Larger than anything that is written. */
const WRITTEN_LIMIT = 16 * 1024 * 1024;
/** The mark stands in the first lines. */
const MARK_WITHIN = 300;

export function inspectFile(root: HostPath, path: string, mark: string): Standing {
  const file = hostPath(join(root, path));
  if (!isThere(file)) return { kind: 'missing' };
  const text = readSmallFile(file, WRITTEN_LIMIT)?.text;
  if (text === undefined || !text.slice(0, MARK_WITHIN).includes(mark)) return { kind: 'foreign' };
  return { kind: 'ours', text };
}

/** The text of a file that people write; undefined where there is none, or no regular one, or a very large one. */
export function readFile(root: HostPath, path: string): string | undefined {
  return readSmallFile(hostPath(join(root, path)), WRITTEN_LIMIT)?.text;
}

/** Puts the file in place, whole or not at all, and the folders on the way. */
export function putFile(root: HostPath, path: string, text: string): void {
  const folder = dirname(path) === '.' ? root : ensureDirectory(root, dirname(path));
  replaceFile(hostPath(join(folder, basename(path))), text);
}

/** The lines added; `problem` when the file is none that lines can be added to. */
export type Ignored =
  | { readonly ok: true; readonly added: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** Adds to `.gitignore` what it does not hold yet, be it written with a slash before or behind it or without. */
export function addToGitignore(root: HostPath, wanted: readonly string[]): Ignored {
  const path = hostPath(join(root, '.gitignore'));
  const found = readSmallFile(path, IGNORE_LIMIT);
  if (found !== undefined && found.text === undefined) {
    return { ok: false, problem: '.gitignore is no regular file, or a very large one, and was left alone' };
  }
  const text = found?.text ?? '';
  const known = new Set(text.split('\n').map(plain));
  const added = wanted.filter((line) => !known.has(plain(line)));
  if (added.length === 0) return { ok: true, added };
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = added.map((line) => `${line}${end}`).join('');
  if (found === undefined) addFile(root, '.gitignore', lines);
  else append(path, text === '' || text.endsWith('\n') ? lines : `${end}${lines}`);
  return { ok: true, added };
}

function plain(line: string): string {
  return line.trim().replace(/^\/|\/$/g, '');
}

function append(path: HostPath, text: string): void {
  try {
    const fd = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
    try {
      writeWhole(fd, Buffer.from(text));
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw machineError(`add to ${path}`, cause);
  }
}

/** Symlinks count, also those that lead nowhere. */
function isThere(path: HostPath): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return false;
    throw machineError(`look at ${path}`, cause);
  }
}
