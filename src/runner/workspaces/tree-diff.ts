/** How two trees differ, path by path, as git's raw diff tells it. */
import { createHash } from 'node:crypto';
import { type BytePath, locate, show, splitFields } from './bytes.ts';
import type { GitRepository } from './repository.ts';
import type { GitPlace, TrustedGit } from './trusted-git.ts';

export interface TreeChange {
  readonly path: BytePath;
  readonly status: 'added' | 'modified' | 'deleted' | 'type-changed';
  /** Octal, as git prints it; `000000` is absent. */
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldId: string;
  readonly newId: string;
}

export const SYMLINK = '120000';
export const GITLINK = '160000';

/** Both may be commits or trees. Renames are told as a deletion and an addition. */
export async function diffTrees(git: TrustedGit, from: string, to: string): Promise<readonly TreeChange[]> {
  if (from === to) return [];
  const output = await git.run(['diff-tree', '-r', '-z', '--raw', '--no-renames', from, to]);
  const fields = splitFields(output.stdout);
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = '', newMode = '', oldId = '', newId = '', letter = ''] = (fields[at] ?? '').slice(1).split(' ');
    const path = fields[at + 1];
    if (path !== undefined) changes.push({ path, status: statusOf(letter), oldMode, newMode, oldId, newId });
  }
  return changes;
}

/** SHA-256 in hex of the difference as git's plumbing lists it: modes, contents by their ids, paths. */
export async function digestDiff(git: TrustedGit, from: string, to: string): Promise<string> {
  const { stdout } = await git.run(['diff-tree', '-r', '--raw', '--no-renames', '--no-abbrev', from, to]);
  return createHash('sha256').update(stdout).digest('hex');
}

function statusOf(letter: string): TreeChange['status'] {
  if (letter.startsWith('A')) return 'added';
  if (letter.startsWith('D')) return 'deleted';
  return letter.startsWith('T') ? 'type-changed' : 'modified';
}

/** Puts back into the index what stood there before these changes. */
export async function undoChanges(git: TrustedGit, place: GitPlace, changes: readonly TreeChange[]): Promise<void> {
  if (changes.length === 0) return;
  const lines = changes.map(({ oldMode, oldId, path }) =>
    oldMode === '000000' ? `0 ${git.nullId}\t${path}\0` : `${oldMode} ${oldId}\t${path}\0`,
  );
  await git.run(['update-index', '-z', '--index-info'], { ...place, input: Buffer.from(lines.join(''), 'latin1') });
}

/** A change as reports show it; `size` is bytes of the newer version, 0 when deleted. */
export interface Change {
  readonly path: string;
  readonly status: TreeChange['status'];
  readonly size: number;
}

/** Adds sizes from the object store; a submodule counts as 0. */
export async function withSizes(repository: GitRepository, changes: readonly TreeChange[]): Promise<readonly Change[]> {
  const sized = changes.filter((change) => change.status !== 'deleted' && change.newMode !== GITLINK);
  const sizes = new Map<string, number>();
  if (sized.length > 0) {
    const input = sized.map((change) => `${change.newId}\n`).join('');
    const output = await repository.git.run(['cat-file', '--batch-check=%(objectname) %(objectsize)', '--buffer'], {
      input,
    });
    for (const line of output.stdout.toString('latin1').split('\n')) {
      const [id, size] = line.split(' ');
      if (id) sizes.set(id, Number(size));
    }
  }
  return changes.map((change) => ({
    path: show(change.path),
    status: change.status,
    size: sizes.get(change.newId) ?? 0,
  }));
}

/** As `withSizes`, from the files of a working tree that was just captured: no process is started. */
export async function withFileSizes(
  root: string,
  changes: readonly TreeChange[],
  sizeOf: (path: Buffer) => Promise<number>,
): Promise<readonly Change[]> {
  return Promise.all(
    changes.map(async (change) => {
      const counts = change.status !== 'deleted' && change.newMode !== GITLINK;
      return {
        path: show(change.path),
        status: change.status,
        size: counts ? await sizeOf(locate(root, change.path)) : 0,
      };
    }),
  );
}
