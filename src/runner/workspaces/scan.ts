/** Walks a working tree without git, to find what git would stumble over or be fooled by. Nothing is opened. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { type BytePath, childPath, locate } from './bytes.ts';
import { isCode } from './safe-files.ts';

export interface TreeScan {
  /** Directories below the root that hold a `.git`. */
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
      if (directory !== '') found.nested.push(directory as BytePath);
    } else if (entry.isDirectory()) below.push(scanDirectory(found, childPath(directory, name)));
    else if (entry.isFile()) {
      if (name === '.gitattributes') found.attributes.push(childPath(directory, name));
    } else if (!entry.isSymbolicLink()) found.special.push(childPath(directory, name));
  }
  await Promise.all(below);
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
