/** Questions about commits, and making them: without a working tree, hooks or signatures. */
import { cutText } from '../../shared/cut-text.ts';
import { withAttributesOf } from './merge-attributes.ts';
import type { GitRepository } from './repository.ts';

export interface CommitLine {
  readonly id: string;
  readonly subject: string;
}

/** Whether every commit of `ancestor` is contained in `descendant`. */
export async function isAncestor(repository: GitRepository, ancestor: string, descendant: string): Promise<boolean> {
  if (ancestor === descendant) return true;
  const output = await repository.git.run(['merge-base', '--is-ancestor', ancestor, descendant], { codes: [0, 1] });
  return output.code === 0;
}

/** Commits between, newest first, at most `limit`. */
export async function listCommits(
  repository: GitRepository,
  range: { readonly from: string; readonly to: string; readonly limit: number },
): Promise<readonly CommitLine[]> {
  if (range.from === range.to || range.limit < 1) return [];
  const args = ['log', '-z', '--format=%H %s', `--max-count=${range.limit}`, `${range.from}..${range.to}`];
  const text = (await repository.git.run(args)).stdout.toString('utf8');
  const lines = text.split('\0').filter((line) => line !== '');
  return lines.map((line) => ({
    id: line.slice(0, line.indexOf(' ')),
    subject: plain(line.slice(line.indexOf(' ') + 1)),
  }));
}

/** A task wrote the subject: nothing in it may move a terminal's cursor. */
function plain(subject: string): string {
  return cutText(subject.replace(/\p{Cc}+/gu, ' '), 500);
}

export async function commitTree(
  repository: GitRepository,
  request: { readonly tree: string; readonly parents: readonly string[]; readonly message: string },
): Promise<string> {
  const parents = request.parents.flatMap((parent) => ['-p', parent]);
  // By stdin: an argument could be too long, and an empty input would never be closed.
  const message = `${request.message.replaceAll('\0', '').trim() || 'orch'}\n`;
  return repository.git.text(['commit-tree', request.tree, ...parents, '-F', '-'], { input: message });
}

/** Merges without a working tree, by the attributes that `ours` has. On a conflict the conflicting paths are named. */
export async function mergeCommits(
  repository: GitRepository,
  request: { readonly ours: string; readonly theirs: string; readonly message: string },
): Promise<
  { readonly ok: true; readonly commit: string } | { readonly ok: false; readonly conflicts: readonly string[] }
> {
  const args = [
    'merge-tree',
    '--write-tree',
    '-z',
    '--name-only',
    '--no-messages',
    '--allow-unrelated-histories',
    request.ours,
    request.theirs,
  ];
  const output = await withAttributesOf(repository, request.ours, (place) =>
    repository.git.run(args, { ...place, codes: [0, 1] }),
  );
  const [tree = '', ...paths] = output.stdout.toString('utf8').split('\0');
  if (output.code === 1) return { ok: false, conflicts: conflictingPaths(paths, request) };
  const commit = await commitTree(repository, {
    tree: tree.trim(),
    parents: [request.ours, request.theirs],
    message: request.message,
  });
  return { ok: true, commit };
}

/** Git tells two things of one name apart by the commit they come from: `d~<commit>`. People know them as `d`. */
function conflictingPaths(
  paths: readonly string[],
  sides: { readonly ours: string; readonly theirs: string },
): readonly string[] {
  const suffixes = [`~${sides.ours}`, `~${sides.theirs}`];
  const named = paths
    .filter((path) => path !== '')
    .map((path) => {
      const plain = path.replace(/_\d+$/, '');
      const suffix = suffixes.find((side) => plain.endsWith(side));
      return suffix === undefined ? path : plain.slice(0, -suffix.length);
    });
  return [...new Set(named)].sort();
}
