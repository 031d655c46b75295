/**
 * The git directory of a linked worktree, `<common>/worktrees/<id>`, laid out as gitrepository-layout(5) has it.
 * Written by hand instead of by `git worktree add`: that one reads the repository's configuration, runs its hooks, and
 * fails under load when many are made at once.
 */
import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRegular, readLine, removeTree, replaceFile } from './safe-files.ts';
import { removeIfEmpty, type WorktreeRecord } from './worktree-record.ts';

type Place = Pick<WorktreeRecord, 'path' | 'admin' | 'branch'>;

/** Makes the directory, locked so that a `git worktree prune` of somebody else's lets it be. */
export async function createAdmin(place: Place): Promise<void> {
  mkdirSync(place.admin, { recursive: true });
  writeFileSync(join(place.admin, 'locked'), 'orch is setting it up\n');
  writeFileSync(join(place.admin, 'commondir'), '../..\n');
  writeFileSync(join(place.admin, 'gitdir'), `${join(place.path, '.git')}\n`);
  await writeHead(place);
  mkdirSync(place.path, { recursive: true });
  writeFileSync(join(place.path, '.git'), pointerOf(place));
}

export async function unlockAdmin(place: Place): Promise<void> {
  rmSync(join(place.admin, 'locked'), { force: true });
}

/** Puts the worktree on its branch. */
export async function writeHead(place: Place): Promise<void> {
  await replaceFile(join(place.admin, 'HEAD'), `ref: refs/heads/${place.branch}\n`);
}

export function pointerOf(place: Pick<WorktreeRecord, 'admin'>): string {
  return `gitdir: ${place.admin}\n`;
}

/** Whether the worktree's `.git` still is the file that orch wrote. */
export async function isPointerIntact(place: Pick<WorktreeRecord, 'path' | 'admin'>): Promise<boolean> {
  return (await readLine(join(place.path, '.git'))) === pointerOf(place).trim();
}

/** Gives the worktree the index that orch keeps of it. */
export async function publishIndex(record: Pick<WorktreeRecord, 'admin' | 'index'>): Promise<void> {
  const target = join(record.admin, 'index');
  const draft = `${target}.orch`;
  const { atime, mtime } = statSync(record.index);
  copyFileSync(record.index, draft);
  // Git distrusts entries as young as the index itself; a copy must not make them look older than it.
  utimesSync(draft, atime, mtime);
  renameSync(draft, target);
}

/** Tells one state of the worktree's index file from another; undefined when there is no such plain file. */
export async function indexStamp(admin: string): Promise<string | undefined> {
  const file = join(admin, 'index');
  if (!(await isRegular(file))) return undefined;
  const { mtimeMs, ctimeMs, size, ino } = statSync(file);
  return [mtimeMs, ctimeMs, size, ino].join(' ');
}

/** What may stay: all else in there is an operation of the task's that was under way, or settings of its own. */
const LASTING = new Set(['HEAD', 'ORIG_HEAD', 'commondir', 'gitdir', 'index', 'logs', 'modules', 'refs', 'locked']);

/** Calls off merges, rebases and the like, and whatever else a task left in the worktree's git directory. */
export async function clearOperations(admin: string): Promise<void> {
  for (const name of readdirSync(admin)) {
    if (!LASTING.has(name)) await removeTree(join(admin, name));
  }
}

/**
 * Removes what is left in the repository of a worktree whose files are gone, as `git worktree remove --force` does
 * but without reading either. Call it under the repository's lock.
 */
export async function removeAdmin(place: Pick<WorktreeRecord, 'path' | 'admin'>): Promise<void> {
  await removeTree(place.admin);
  await removeIfEmpty(dirname(place.admin));
  await removeIfEmpty(dirname(place.path));
}
