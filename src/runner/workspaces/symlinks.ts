/** Which symlinks of a tree lead out of it. Told from their text alone: what lies at the other end does not matter. */
import { readBlobs } from './blobs.ts';
import type { TreeChange } from './tree-diff.ts';
import type { TrustedGit } from './trusted-git.ts';

/** Of changes that leave a symlink, those whose target is absolute, above the root, or a git directory. */
export async function escapingLinks(git: TrustedGit, links: readonly TreeChange[]): Promise<readonly TreeChange[]> {
  const targets = await readBlobs(
    git,
    links.map((link) => link.newId),
  );
  return links.filter((link, at) => leadsOut(link.path, targets[at]?.toString('latin1') ?? '/'));
}

/**
 * `..` counts only at the front of the target: a link's own directory is a real one, but a `..` behind a name may
 * climb from wherever another symlink of that name leads.
 */
export function leadsOut(path: string, target: string): boolean {
  if (target === '' || target.startsWith('/') || /^[A-Za-z]:[\\/]/.test(target)) return true;
  const steps = target.split('/').filter((step) => step !== '' && step !== '.');
  const ups = steps.findIndex((step) => step !== '..');
  const climbed = ups < 0 ? steps.length : ups;
  const named = steps.slice(climbed);
  if (named.includes('..') || named.some((step) => step.toLowerCase() === '.git')) return true;
  return climbed > path.split('/').length - 1;
}
