/** Walks a working tree without git, to find what git would stumble over or be fooled by. Nothing is opened. */

import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { isErrno } from '../../shared/errno.ts';
import { type BytePath, childPath, locate } from './bytes.ts';
import { createPace } from './pace.ts';

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
  const pace = createPace();
  const directories = [''];
  for (let next = directories.pop(); next !== undefined; next = directories.pop()) {
    for (const below of scanDirectory(found, next)) directories.push(below);
    await pace();
  }
  return found;
}

/** The directories in it. */
function scanDirectory(found: Findings, directory: string): readonly string[] {
  const entries = entriesOf(found, directory);
  if (entries?.length === 0 && directory !== '') found.empty.push(directory as BytePath);
  const below: string[] = [];
  for (const entry of entries ?? []) {
    const name = entry.name;
    if (name === '.git') {
      if (directory !== '') scanRepository(found, directory as BytePath, entry);
    } else if (entry.isDirectory()) below.push(childPath(directory, name));
    else if (entry.isFile()) {
      if (name === '.gitattributes') found.attributes.push(childPath(directory, name));
    } else if (!entry.isSymbolicLink()) found.special.push(childPath(directory, name));
  }
  return below;
}

/** Without a HEAD git sees no repository, only a name that it never records. Sandboxes leave such empty directories. */
function scanRepository(found: Findings, directory: BytePath, git: Dirent): void {
  const head = childPath(childPath(directory, '.git'), 'HEAD');
  const kind = git.isDirectory() ? kindOf(locate(found.root, head)) : 'file';
  if (kind !== 'none') found.nested.push(directory);
  if (kind === 'special') found.special.push(head);
}

function kindOf(path: Buffer): 'file' | 'special' | 'none' {
  try {
    const stat = lstatSync(path);
    return stat.isFIFO() || stat.isSocket() || stat.isCharacterDevice() ? 'special' : 'file';
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG')) return 'none';
    throw error;
  }
}

function entriesOf(found: Findings, directory: string): readonly Dirent[] | undefined {
  try {
    return readdirSync(locate(found.root, directory), { withFileTypes: true, encoding: 'latin1' });
  } catch (error) {
    if (isErrno(error, 'EACCES', 'ENAMETOOLONG')) found.unreadable.push(directory as BytePath);
    // Gone between two looks: something still runs in there.
    else if (!isErrno(error, 'ENOENT', 'ENOTDIR') || directory === '') throw error;
    return undefined;
  }
}
