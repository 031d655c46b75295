/** Where things lie in the repository of a box, out here and in there, and how its git directories are written. */
import { chmodSync, copyFileSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import type { ObjectStore } from './object-stores.ts';
import { alternateLine } from './repository-files.ts';
import { isRegular, readRegular } from './safe-files.ts';
import type { WorktreeRecord } from './worktree-record.ts';

export interface BoxMount {
  readonly host: HostPath;
  readonly inner: string;
  readonly readOnly: boolean;
}

/** Paths in the box. */
export const INNER_GIT = '/__o/git';
export const INNER_OBJECTS = '/__o/objects';

/** The largest text that is taken over from one git directory to another. Bytes. */
const TEXT_LIMIT = 64 * 1024 * 1024;

/** Beside orch's own index of the worktree. */
export function boxFolder({ index }: Pick<WorktreeRecord, 'index'>): string {
  return index.replace(/\.index$/, '.box');
}

/** The git directory that the box writes to. */
export function boxGitDir(record: Pick<WorktreeRecord, 'index'>): string {
  return join(boxFolder(record), 'git');
}

/** The text of a `.git` that leads to a git directory. */
export function pointerTo(gitDir: string): string {
  return `gitdir: ${gitDir}\n`;
}

export interface GitDirTexts {
  readonly config: string;
  readonly HEAD: string;
  readonly 'packed-refs': string;
  readonly alternates: string;
}

/** Writes a git directory with the first index that is there. */
export async function writeGitDir(gitDir: string, texts: GitDirTexts, indexes: readonly string[]): Promise<void> {
  for (const name of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info', 'hooks']) {
    mkdirSync(join(gitDir, name), { recursive: true });
  }
  for (const name of ['config', 'HEAD', 'packed-refs'] as const) writeFileSync(join(gitDir, name), texts[name]);
  writeFileSync(join(gitDir, 'objects/info/alternates'), texts.alternates);
  for (const index of indexes) {
    if (!(await isRegular(index))) continue;
    copyIndex(index, join(gitDir, 'index'));
    return;
  }
}

function copyIndex(from: string, target: string): void {
  const { atime, mtime } = statSync(from);
  copyFileSync(from, target);
  chmodSync(target, 0o644);
  // Git distrusts entries as young as the index itself; a copy must not make them look older than it.
  utimesSync(target, atime, mtime);
}

/** False when there is nothing to copy. */
export async function copyText(from: string, to: string): Promise<boolean> {
  const text = await readRegular(from, TEXT_LIMIT);
  if (text === undefined) return false;
  writeFileSync(to, text);
  return true;
}

/** Mounts of object folders, numbered below `inner`. What they name as theirs in turn is mounted too: an empty file, `none`, hides it. */
export function mountStores(
  stores: readonly ObjectStore[],
  { inner, none }: { readonly inner: string; readonly none: string },
): readonly BoxMount[] {
  return stores.flatMap(({ path, hasAlternates }, at) => {
    const store = { host: hostPath(path), inner: `${inner}/${at}`, readOnly: true };
    const hidden = { host: hostPath(none), inner: `${inner}/${at}/info/alternates`, readOnly: true };
    return hasAlternates ? [store, hidden] : [store];
  });
}

/** The text of `objects/info/alternates` for what `mountStores` mounts. */
export function alternatesOf(stores: readonly ObjectStore[], inner: string): string {
  return stores.map((_, at) => alternateLine(`${inner}/${at}`)).join('');
}
