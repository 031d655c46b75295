/** One file of a tree, by its path, as git has it: nothing that a task has planted in its working tree is followed. */
import { dirname, join } from 'node:path';
import { isPlainFolder, isRegular, replaceFile } from './safe-files.ts';
import { GITLINK, SYMLINK } from './tree-diff.ts';
import type { TrustedGit } from './trusted-git.ts';

/** As `FileRead` in `src/tasks`. */
export type TreeFile =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large'; readonly size: number }
  | { readonly kind: 'absent' | 'link' | 'not-file' };

interface Entry {
  readonly mode: string;
  readonly id: string;
  /** Bytes. */
  readonly size: number;
}

/** Paths that no tree can hold; git reads a leading colon as something else, and a shell could not be told of the rest. */
const IMPOSSIBLE = /^:|^\/|[\0\n]|(?:^|\/)(?:\.{0,2})(?:\/|$)/;

/** `tree` is a commit or a tree. A path of which a folder is a link counts as a link. */
export async function readTreeFile(
  git: TrustedGit,
  tree: string,
  { path, limit }: { readonly path: string; readonly limit: number },
): Promise<TreeFile> {
  if (IMPOSSIBLE.test(path)) return { kind: 'absent' };
  const entry = await findEntry(git, tree, path);
  if (entry === undefined) return { kind: (await liesBehindLink(git, tree, path)) ? 'link' : 'absent' };
  if (entry.mode === SYMLINK) return { kind: 'link' };
  if (entry.mode === GITLINK || !entry.mode.startsWith('100')) return { kind: 'not-file' };
  if (entry.size > limit) return { kind: 'too-large', size: entry.size };
  const { stdout } = await git.run(['cat-file', 'blob', entry.id]);
  return { kind: 'file', bytes: stdout };
}

/** Replaces a regular file of a working tree. False where there is none, or a folder on the way to it is a link. */
export async function replaceTreeFile(root: string, path: string, text: string): Promise<boolean> {
  const place = join(root, path);
  const isThere = (await isPlainFolder(root, dirname(path))) && (await isRegular(place));
  if (isThere) await replaceFile(place, text);
  return isThere;
}

async function findEntry(git: TrustedGit, tree: string, path: string): Promise<Entry | undefined> {
  const { stdout } = await git.run(['ls-tree', '-z', '-l', '--full-tree', tree, '--', path]);
  const [, mode, id, size] = /^(\d+) \w+ ([0-9a-f]+) +(\d+|-)\t/.exec(stdout.toString('latin1')) ?? [];
  if (mode === undefined || id === undefined) return undefined;
  return { mode, id, size: Number(size) || 0 };
}

async function liesBehindLink(git: TrustedGit, tree: string, path: string): Promise<boolean> {
  const parts = path.split('/');
  for (let length = 1; length < parts.length; length += 1) {
    const entry = await findEntry(git, tree, parts.slice(0, length).join('/'));
    if (entry === undefined) return false;
    if (entry.mode === SYMLINK) return true;
  }
  return false;
}
