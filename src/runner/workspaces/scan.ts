/** Walks a working tree without git, to find what git would stumble over or be fooled by. Nothing is opened. */
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { type BytePath, childPath, locate } from './bytes.ts';
import { isCode } from './safe-files.ts';

export interface TreeScan {
  /** Directories below the root that hold a repository: a `.git` with a HEAD, or a file or symlink of that name. */
  readonly nested: readonly BytePath[];
  /** Named pipes, sockets and devices. */
  readonly special: readonly BytePath[];
  /** Regular files called `.gitattributes`. */
  readonly attributes: readonly BytePath[];
  readonly empty: readonly BytePath[];
  /** Directories that could not be listed. */
  readonly unreadable: readonly BytePath[];
}

interface Findings {
  readonly root: string;
  readonly nested: BytePath[];
  readonly special: BytePath[];
  readonly attributes: BytePath[];
  readonly empty: BytePath[];
  readonly unreadable: BytePath[];
}

export async function scanTree(root: string): Promise<TreeScan> {
  const found: Findings = { root, nested: [], special: [], attributes: [], empty: [], unreadable: [] };
  await scanDirectory(found, '');
  return found;
}

async function scanDirectory(found: Findings, directory: string): Promise<void> {
  const entries = await entriesOf(found, directory);
  if (entries === undefined) return;
  if (entries.length === 0 && directory !== '') found.empty.push(directory as BytePath);
  const below: Promise<void>[] = [];
  for (const entry of entries) {
    const name = entry.name;
    if (name === '.git') {
      if (directory !== '') below.push(scanRepository(found, directory as BytePath, entry));
    } else if (entry.isDirectory()) below.push(scanDirectory(found, childPath(directory, name)));
    else if (entry.isFile()) {
      if (name === '.gitattributes') found.attributes.push(childPath(directory, name));
    } else if (!entry.isSymbolicLink()) found.special.push(childPath(directory, name));
  }
  await Promise.all(below);
}

/** Without a HEAD git sees no repository, only a name that it never records. Sandboxes leave such empty directories. */
async function scanRepository(found: Findings, directory: BytePath, git: Dirent): Promise<void> {
  const head = childPath(childPath(directory, '.git'), 'HEAD');
  const kind = git.isDirectory() ? await kindOf(locate(found.root, head)) : 'file';
  if (kind !== 'none') found.nested.push(directory);
  if (kind === 'special') found.special.push(head);
}

async function kindOf(path: Buffer): Promise<'file' | 'special' | 'none'> {
  try {
    const stat = await lstat(path);
    return stat.isFIFO() || stat.isSocket() || stat.isCharacterDevice() ? 'special' : 'file';
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG')) return 'none';
    throw error;
  }
}

async function entriesOf(found: Findings, directory: string): Promise<Dirent[] | undefined> {
  try {
    return await readdir(locate(found.root, directory), { withFileTypes: true, encoding: 'latin1' });
  } catch (error) {
    if (isCode(error, 'EACCES', 'ENAMETOOLONG')) found.unreadable.push(directory as BytePath);
    // Gone between two looks: something still runs in there.
    else if (!isCode(error, 'ENOENT', 'ENOTDIR') || directory === '') throw error;
    return undefined;
  }
}
