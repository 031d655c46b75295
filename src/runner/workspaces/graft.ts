/** A tree made of others: one with some paths as they are in another. No working tree is touched. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { joinFields, splitFields } from './bytes.ts';
import type { GitRepository } from './repository.ts';
import type { GitPlace, TrustedGit } from './trusted-git.ts';

export interface GraftRequest {
  /** A commit or a tree, as is each `from`. */
  readonly tree: string;
  /** Replaced one after the other, with everything below; what is not in `from` is gone, and everything without one. */
  readonly paths: readonly { readonly path: string; readonly from?: string }[];
}

let number = 0;

/** The id of the new tree. */
export async function graftTree({ git }: GitRepository, { tree, paths }: GraftRequest): Promise<string> {
  const index = join(git.gitDir, `graft-${(number += 1)}.index`);
  const place: GitPlace = { index };
  try {
    await git.run(['read-tree', tree], place);
    for (const { path, from } of paths) {
      const old = await git.run(['--literal-pathspecs', 'ls-files', '-z', '--', path], place);
      const removed = splitFields(old.stdout).map((name) => `0 ${git.nullId}\t${name}`);
      const lines = [...removed, ...(from === undefined ? [] : await entriesOf(git, from, path))];
      if (lines.length > 0)
        await git.run(['update-index', '-z', '--index-info'], { ...place, input: joinFields(lines) });
    }
    return await git.text(['write-tree'], place);
  } finally {
    await Promise.all([index, `${index}.lock`].map((file) => rm(file, { force: true })));
  }
}

/** As `update-index` reads them. */
async function entriesOf(git: TrustedGit, tree: string, path: string): Promise<ReturnType<typeof splitFields>> {
  const { stdout } = await git.run(['--literal-pathspecs', 'ls-tree', '-r', '-z', '--full-tree', tree, '--', path]);
  return splitFields(stdout);
}
