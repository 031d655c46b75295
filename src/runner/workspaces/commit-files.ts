/** A commit that adds a few files to another: no working tree, no hook and no index of the user's is touched. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readRef } from './head-file.ts';
import { commitTree } from './history.ts';
import { moveBranch } from './refs.ts';
import type { GitRepository } from './repository.ts';
import type { GitPlace } from './trusted-git.ts';

export interface CommitFilesRequest {
  readonly parent: string;
  /** Paths from the top with `/`. What is there already is replaced. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly message: string;
  /** It is pointed at the commit, wherever it was. */
  readonly branch: string;
}

/** The id of the commit. */
export async function commitFiles(repository: GitRepository, request: CommitFilesRequest): Promise<string> {
  const { git } = repository;
  const index = join(git.gitDir, 'commit-files.index');
  const place: GitPlace = { index };
  try {
    await git.run(['read-tree', request.parent], place);
    const entries: string[] = [];
    for (const { path, text } of request.files) {
      const blob = await git.text(['hash-object', '-w', '--stdin'], { input: text });
      entries.push(`100644 ${blob}\t${path}\0`);
    }
    await git.run(['update-index', '--add', '--replace', '-z', '--index-info'], { ...place, input: entries.join('') });
    const tree = await git.text(['write-tree'], place);
    const commit = await commitTree(repository, { tree, parents: [request.parent], message: request.message });
    await repository.exclusive(() => moveBranch(repository, request.branch, commit));
    return commit;
  } finally {
    await Promise.all([index, `${index}.lock`].map((file) => rm(file, { force: true })));
  }
}

/** Where a branch points; undefined when there is none. */
export function branchTip({ git, commonDir }: GitRepository, branch: string): Promise<string | undefined> {
  return readRef(git, commonDir, `refs/heads/${branch}`);
}
