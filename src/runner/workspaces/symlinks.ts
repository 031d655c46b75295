/** Which symlinks of a tree lead out of it. Told from their text alone: what lies at the other end does not matter. */
import type { TreeChange } from './tree-diff.ts';
import type { TrustedGit } from './trusted-git.ts';

/** Of changes that leave a symlink, those whose target is absolute, above the root, or a git directory. */
export async function escapingLinks(git: TrustedGit, links: readonly TreeChange[]): Promise<readonly TreeChange[]> {
  if (links.length === 0) return [];
  const input = links.map((link) => `${link.newId}\n`).join('');
  const output = await git.run(['cat-file', '--batch=%(objectsize)', '--buffer'], { input });
  const targets = readBatch(output.stdout);
  return links.filter((link, at) => leadsOut(link.path, targets[at] ?? '/'));
}

/** The contents in `cat-file --batch` output: a line with the size, the bytes, a line break. */
function readBatch(output: Buffer): readonly string[] {
  const contents: string[] = [];
  let at = 0;
  while (at < output.length) {
    const end = output.indexOf(10, at);
    const size = Number(output.subarray(at, end).toString('latin1'));
    contents.push(output.subarray(end + 1, end + 1 + size).toString('latin1'));
    at = end + size + 2;
  }
  return contents;
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
