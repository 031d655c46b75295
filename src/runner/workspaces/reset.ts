/** Takes a working tree back to a commit. What is ignored, copied or linked stays; embedded repositories move aside. */

import { chmod, mkdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isErrno } from '../../shared/errno.ts';
import { type BytePath, bytePath, isBelow, joinFields, locate, splitFields } from './bytes.ts';
import type { GitRepository } from './repository.ts';
import { exists } from './safe-files.ts';
import { scanTree, type TreeScan } from './scan.ts';
import { openSubmodules } from './submodules.ts';
import type { GitPlace } from './trusted-git.ts';
import { clearOperations, isPointerIntact, pointerOf, publishIndex, writeHead } from './worktree-admin.ts';
import { sharedPaths, type WorktreeRecord } from './worktree-record.ts';

/** Returns where the repositories are now that were moved aside. */
export async function resetWorktree(
  repository: GitRepository,
  record: WorktreeRecord,
  commit: string,
): Promise<readonly string[]> {
  const place: GitPlace = { workTree: record.path, index: record.index };
  const scan = await openedScan(record.path);
  const shared = new Set<string>(sharedPaths(record));
  // A named pipe or socket holds nothing, and one in the place of a file of git's would hang it.
  for (const path of scan.special) {
    if (!isBelow(path, shared)) await unlink(locate(record.path, path));
  }
  const own = new Set(record.submodules.map((submodule) => bytePath(submodule.path)));
  const moved = await setAside(
    repository,
    record,
    scan.nested.filter((path) => !own.has(path)),
  );
  await repository.git.run(['read-tree', '--reset', '-u', commit], place);
  await removeUntracked(repository, place, sharedPaths(record));
  for (const submodule of record.submodules) {
    const gitDir = join(record.admin, 'modules', submodule.name);
    await clearOperations(gitDir);
    await rm(join(gitDir, 'index'), { force: true });
  }
  await openSubmodules(repository, { workTree: record.path, index: record.index, admin: record.admin });
  for (const { name, path } of record.submodules) {
    const inner = { workTree: join(record.path, path), index: join(record.admin, 'modules', name, 'index') };
    if (await exists(inner.index)) await removeUntracked(repository, inner, []);
  }
  await clearOperations(record.admin);
  moved.push(...(await restorePointer(record)));
  await writeHead(record);
  await publishIndex(record);
  return moved;
}

/** A `.git` directory in the place of orch's file is a repository of the task's: it is kept as well. */
async function restorePointer(record: WorktreeRecord): Promise<string[]> {
  if (await isPointerIntact(record)) return [];
  const pointer = join(record.path, '.git');
  const moved = (await exists(pointer)) ? [await moveAside(record, pointer)] : [];
  await writeFile(pointer, pointerOf(record));
  return moved;
}

/** A repository that a task made holds work that no commit of ours has: it moves to `<worktree>.left/<n>`. */
async function setAside(
  repository: GitRepository,
  record: WorktreeRecord,
  nested: readonly BytePath[],
): Promise<string[]> {
  if (nested.length === 0) return [];
  const place: GitPlace = { workTree: record.path, index: record.index };
  const ignored = await ignoredPaths(repository, place, nested);
  const shared = new Set<string>(sharedPaths(record));
  const moved: string[] = [];
  for (const path of nested) {
    const from = locate(record.path, path);
    if (ignored.has(path) || isBelow(path, shared) || !(await exists(from))) continue;
    moved.push(await moveAside(record, from));
  }
  return moved;
}

async function moveAside(record: WorktreeRecord, from: string | Buffer): Promise<string> {
  const to = await freeName(leftovers(record.path));
  await rename(from, to);
  return to;
}

/** Where a worktree's embedded repositories are kept. */
export function leftovers(path: string): string {
  return `${path}.left`;
}

async function freeName(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  for (let number = 1; ; number++) {
    const name = join(directory, String(number));
    if (!(await exists(name))) return name;
  }
}

/** Removes files that are neither tracked nor ignored nor shared, and directories that are empty then. */
async function removeUntracked(
  repository: GitRepository,
  place: GitPlace & { readonly workTree?: string },
  shared: readonly BytePath[],
): Promise<void> {
  const root = place.workTree ?? '';
  const output = await repository.git.run(['ls-files', '-o', '-z', '--exclude-standard'], place);
  const keep = new Set<string>(shared);
  for (const path of splitFields(output.stdout)) {
    if (!isBelow(path, keep)) await removeFile(root, path.replace(/\/$/, ''));
  }
  const empty = (await scanTree(root)).empty.filter((path) => !isBelow(path, keep));
  const ignored = await ignoredPaths(repository, place, empty);
  for (const path of empty) {
    if (!ignored.has(path)) await removeEmpty(root, path);
  }
}

async function ignoredPaths(
  repository: GitRepository,
  place: GitPlace,
  paths: readonly BytePath[],
): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  const input = joinFields(paths.map((path) => `${path}/`));
  const answer = await repository.git.run(['check-ignore', '-z', '--stdin'], { ...place, input, codes: [0, 1] });
  return new Set(splitFields(answer.stdout).map((path) => path.replace(/\/$/, '')));
}

async function removeFile(root: string, path: string): Promise<void> {
  await inWritableParent(root, path, () => rm(locate(root, path), { recursive: true, force: true }));
  await removeEmpty(root, dirname(path));
}

/** Removes a directory and those above it as long as nothing is in them. */
async function removeEmpty(root: string, directory: string): Promise<void> {
  for (let path = directory; path !== '.' && path !== ''; path = dirname(path)) {
    try {
      await inWritableParent(root, path, () => rmdir(locate(root, path)));
    } catch (error) {
      if (isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR')) return;
      throw error;
    }
  }
}

/** Repeats a removal that a read-only directory stands in the way of, once it is writable. */
async function inWritableParent(root: string, path: string, remove: () => Promise<void>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EPERM')) throw error;
    const parent = dirname(path);
    await chmod(locate(root, parent === '.' ? '' : parent), 0o755);
    await remove();
  }
}

/** Looks at the tree after opening up the directories that the task closed to everybody. */
async function openedScan(root: string, before = -1): Promise<TreeScan> {
  const scan = await scanTree(root);
  const closed = scan.unreadable.filter((path) => locate(root, path).length < MAX_PATH);
  // The same ones again: on some file systems rights are not ours to give.
  if (closed.length === 0 || closed.length === before) return scan;
  for (const path of closed) await chmod(locate(root, path), 0o755);
  return openedScan(root, closed.length);
}

/** Longer names cannot be told to the system in one piece. Bytes. */
const MAX_PATH = 4096;
