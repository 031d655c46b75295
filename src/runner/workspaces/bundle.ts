/** Commits as a file that a clone of the same repository takes: how they travel from one machine to another. */
import { readFile } from 'node:fs/promises';
import { MachineError } from '../../shared/failure.ts';
import { guard } from './machine-failure.ts';
import type { GitRepository } from './repository.ts';

export interface BundleRequest {
  /** A branch, or all below a folder of them, by short names. Their commits go in, down to those that the receiver has. */
  readonly of: { readonly branch: string } | { readonly folder: string };
  /** A commit that the receiver has. */
  readonly without: string;
  /** Where the file is to be. */
  readonly file: string;
}

/** False, and no file, when there are no such branches, or the receiver has all of them. */
export const writeBundle = guard(async (repository: GitRepository, request: BundleRequest): Promise<boolean> => {
  const { of, without, file } = request;
  const refs = 'branch' in of ? `refs/heads/${of.branch}` : `--glob=refs/heads/${of.folder}/*`;
  const args = ['bundle', 'create', '--quiet', file, refs, `^${without}`];
  const { code, stderr } = await repository.git.run(args, { codes: [0, 128] });
  if (code === 0) return true;
  if (/empty bundle/i.test(stderr)) return false;
  throw new MachineError({ code: 'environment-lost', message: `git bundle: ${stderr.trim()}` });
});

/**
 * Adds the commits to the repository's objects, each checked as by a server that is pushed to; no ref moves. Throws for a
 * file that is no bundle, or one whose objects are not as they should be, and then none of them is there.
 */
export const takeBundle = guard(async (repository: GitRepository, file: string): Promise<void> => {
  const { git } = repository;
  await git.run(['bundle', 'verify', file]);
  const content = await readFile(file);
  // `git bundle unbundle` checks nothing, whatever the settings say; what follows the header is a pack.
  const input = content.subarray(content.indexOf('\n\n') + 2);
  await git.run(['index-pack', '--stdin', '--fix-thin', '--strict'], { input });
});
