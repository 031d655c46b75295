/**
 * Has git merge by the `.gitattributes` of the side that is merged into, as it does in a working tree: `merge=union`,
 * `-merge` and `binary` count. Only what needs no program works, since no driver is configured in orch's git directory.
 */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../../shared/errno.ts';
import { blobSizes, readBlobs } from './blobs.ts';
import { type BytePath, locate, splitFields } from './bytes.ts';
import type { GitRepository } from './repository.ts';
import type { GitPlace } from './trusted-git.ts';

/** Bytes, of all files together; what lies beyond does not count. */
const LIMIT = 8 * 1024 * 1024;

/**
 * Calls `use` with where git has to be started for that: a tree of nothing but the attribute files of `commit`, gone
 * afterwards. Which files git would read without it differs by its version, and never includes those in folders.
 */
export async function withAttributesOf<T>(
  repository: GitRepository,
  commit: string,
  use: (place: GitPlace) => Promise<T>,
): Promise<T> {
  const files = await attributeFiles(repository, commit);
  if (files.length === 0) return use({});
  const workTree = await mkdtemp(join(repository.git.gitDir, 'attributes-'));
  try {
    await writeFiles(repository, workTree, files);
    return await use({ workTree });
  } finally {
    await rm(workTree, { recursive: true, force: true });
  }
}

interface AttributeFile {
  readonly path: BytePath;
  readonly id: string;
}

/** Regular files only: git does not read such a symlink either. */
async function attributeFiles({ git }: GitRepository, commit: string): Promise<readonly AttributeFile[]> {
  const { stdout } = await git.run(['ls-tree', '-r', '-z', '--full-tree', commit]);
  const files: AttributeFile[] = [];
  for (const line of splitFields(stdout)) {
    if (!line.endsWith('.gitattributes')) continue;
    const [, mode = '', id = '', path = ''] = /^(\d+) \w+ (\w+)\t(.*)$/s.exec(line) ?? [];
    const parts = path.split('/');
    // A tree can be made by hand: nothing in it may lead out of the folder that it is written to.
    const isSafe = parts.at(-1) === '.gitattributes' && !parts.some((part) => ['', '.', '..'].includes(part));
    if (mode.startsWith('100') && isSafe) files.push({ path: path as BytePath, id });
  }
  return files;
}

async function writeFiles({ git }: GitRepository, root: string, files: readonly AttributeFile[]): Promise<void> {
  const sizes = await blobSizes(
    git,
    files.map(({ id }) => id),
  );
  let total = 0;
  const small = files.filter((_, at) => {
    total += sizes[at] ?? 0;
    return total <= LIMIT;
  });
  const contents = await readBlobs(
    git,
    small.map(({ id }) => id),
  );
  for (const [at, { path }] of small.entries()) {
    try {
      await mkdir(locate(root, path.slice(0, -'/.gitattributes'.length)), { recursive: true });
      await writeFile(locate(root, path), contents[at] ?? '');
    } catch (error) {
      // Names that no working tree can hold: a file in the place of a folder, a path longer than the system allows.
      if (!isErrno(error, 'EEXIST', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG')) throw error;
    }
  }
}
