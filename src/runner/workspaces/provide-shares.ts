/** Puts the planned copies and links into a fresh working tree, never through a symlink and never over a tracked file. */

import { constants, type Stats } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { posix } from 'node:path';
import { isErrno } from '../../shared/errno.ts';
import { type BytePath, childPath, locate, show } from './bytes.ts';
import type { SharePlan } from './shared-paths.ts';

export interface ProvidedShares {
  /** Files, links and whole directories that were put there: none of it is the task's work. */
  readonly paths: readonly BytePath[];
  readonly warnings: readonly string[];
}

interface Copying {
  readonly from: string;
  readonly to: string;
  readonly paths: BytePath[];
  readonly warnings: string[];
}

/** `from` is the main checkout, `to` the working tree. */
export async function provideShares(plan: SharePlan, from: string, to: string): Promise<ProvidedShares> {
  const work: Copying = { from, to, paths: [], warnings: [...plan.warnings] };
  for (const path of plan.links) await provideLink(work, path);
  for (const path of plan.copies) await provideCopy(work, path);
  return { paths: work.paths, warnings: work.warnings };
}

async function provideLink(work: Copying, path: BytePath): Promise<void> {
  if (!(await makeParents(work, path))) return;
  try {
    await symlink(locate(work.from, path), locate(work.to, path));
    work.paths.push(path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
    work.warnings.push(`${show(path)} is not linked: it is tracked, so each task has its own`);
  }
}

async function provideCopy(work: Copying, path: BytePath): Promise<void> {
  const stat = await look(locate(work.from, path));
  if (stat === undefined) {
    work.warnings.push(`${show(path)} is not copied: it is not there any more`);
    return;
  }
  if (!(await makeParents(work, path))) return;
  const there = await look(locate(work.to, path));
  if (there !== undefined && !(stat.isDirectory() && there.isDirectory())) {
    work.warnings.push(`${show(path)} is not copied: it is tracked, so each task has its own`);
    return;
  }
  // Of a directory that holds tracked files only the files put there are foreign to the task.
  if (there === undefined) work.paths.push(path);
  await copyEntry(work, path, stat, there !== undefined);
}

async function copyEntry(work: Copying, path: BytePath, stat: Stats, record: boolean): Promise<void> {
  const target = locate(work.to, path);
  if (stat.isDirectory()) {
    await copyDirectory(work, path, record);
    return;
  }
  try {
    if (stat.isFile()) {
      await copyFile(locate(work.from, path), target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    } else if (stat.isSymbolicLink()) {
      if (!(await copyLink(work, path, target))) return;
    } else return;
    if (record) work.paths.push(path);
  } catch (error) {
    if (isErrno(error, 'EACCES')) work.warnings.push(`${show(path)} is not copied: it cannot be read`);
    else if (!isErrno(error, 'EEXIST')) throw error;
  }
}

async function copyDirectory(work: Copying, path: BytePath, record: boolean): Promise<void> {
  const target = locate(work.to, path);
  const there = await look(target);
  if (there !== undefined && !there.isDirectory()) return;
  if (there === undefined) await mkdir(target);
  const names = await readdir(locate(work.from, path), { encoding: 'latin1' });
  await Promise.all(
    names.map(async (name) => {
      const child = childPath(path, name);
      const stat = await look(locate(work.from, child));
      if (stat !== undefined) await copyEntry(work, child, stat, record && there !== undefined);
    }),
  );
  if (record && there === undefined) work.paths.push(path);
}

async function copyLink(work: Copying, path: BytePath, target: Buffer): Promise<boolean> {
  const text = await readlink(locate(work.from, path), { encoding: 'latin1' });
  const inside = !text.startsWith('/') && !posix.join(posix.dirname(path), text).startsWith('..');
  if (inside) await symlink(Buffer.from(text, 'latin1'), target);
  else work.warnings.push(`the symlink ${show(path)} is not copied: it leads out of the repository`);
  return inside;
}

/** Makes the directories above `path`; false, with a warning, when one of them is no directory. */
async function makeParents(work: Copying, path: BytePath): Promise<boolean> {
  const parts = path.split('/').slice(0, -1);
  for (let depth = 1; depth <= parts.length; depth++) {
    const parent = locate(work.to, parts.slice(0, depth).join('/'));
    const stat = await look(parent);
    if (stat === undefined) await mkdir(parent);
    else if (!stat.isDirectory()) {
      work.warnings.push(
        `${show(path)} is not provided: ${parts.slice(0, depth).join('/')} is no directory in this commit`,
      );
      return false;
    }
  }
  return true;
}

async function look(path: Buffer): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
