/** Takes a working tree back to a commit. What is ignored, copied or linked stays; embedded repositories move aside. */
import { mkdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BytePath, bytePath, joinFields, locate, splitFields } from './bytes.ts';
import { isBelow } from './capture.ts';
import type { GitRepository } from './repository.ts';
import { exists, isCode, makeWritable } from './safe-files.ts';
import { scanTree } from './scan.ts';
import { openSubmodules } from './submodules.ts';
import type { GitPlace } from './trusted-git.ts';
import { clearOperations, isPointerIntact, pointerOf, publishIndex, writeHead } from './worktree-admin.ts';
import { sharedPaths, type WorktreeRecord } from './worktree-record.ts';

export async function resetWorktree(repository: GitRepository, record: WorktreeRecord, commit: string): Promise<void> {
  const place: GitPlace = { workTree: record.path, index: record.index };
  const scan = await scanTree(record.path);
  const shared = new Set<string>(sharedPaths(record));
  // A named pipe or socket holds nothing, and one in the place of a file of git's would hang it.
  for (const path of scan.special) {
    if (!isBelow(path, shared)) await unlink(locate(record.path, path));
  }
  const own = new Set(record.submodules.map((submodule) => bytePath(submodule.path)));
  await setAside(
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
  await restorePointer(record);
  await writeHead(record);
  await publishIndex(record);
}

/** A `.git` directory in the place of orch's file is a repository of the task's: it is kept as well. */
async function restorePointer(record: WorktreeRecord): Promise<void> {
  if (await isPointerIntact(record)) return;
  const pointer = join(record.path, '.git');
  if (await exists(pointer)) await rename(pointer, await freeName(leftovers(record.path)));
  await writeFile(pointer, pointerOf(record));
}

/** A repository that a task made holds work that no commit of ours has: it moves to `<worktree>.left/<n>`. */
async function setAside(repository: GitRepository, record: WorktreeRecord, nested: readonly BytePath[]): Promise<void> {
  if (nested.length === 0) return;
  const place: GitPlace = { workTree: record.path, index: record.index };
  const answer = await repository.git.run(['check-ignore', '-z', '--stdin'], {
    ...place,
    input: joinFields(nested),
    codes: [0, 1],
  });
  const ignored = new Set<string>(splitFields(answer.stdout));
  const shared = new Set<string>(sharedPaths(record));
  for (const path of nested) {
    const from = locate(record.path, path);
    if (ignored.has(path) || isBelow(path, shared) || !(await exists(from))) continue;
    await rename(from, await freeName(leftovers(record.path)));
  }
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
  for (const directory of (await scanTree(root)).empty) {
    if (!isBelow(directory, keep)) await removeEmpty(root, directory);
  }
}

async function removeFile(root: string, path: string): Promise<void> {
  const file = locate(root, path);
  try {
    await rm(file, { recursive: true, force: true });
  } catch (error) {
    if (!isCode(error, 'EACCES', 'EPERM')) throw error;
    await makeWritable(dirname(file.toString('utf8')));
    await rm(file, { recursive: true, force: true });
  }
  await removeEmpty(root, dirname(path));
}

/** Removes a directory and those above it as long as nothing is in them. */
async function removeEmpty(root: string, directory: string): Promise<void> {
  for (let path = directory; path !== '.' && path !== ''; path = dirname(path)) {
    try {
      await rmdir(locate(root, path));
    } catch (error) {
      if (isCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR', 'EACCES')) return;
      throw error;
    }
  }
}
