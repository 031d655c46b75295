/** Git's content filters: which ones a tree asks for, and which changed files orch cannot record because of them. */
import { join } from 'node:path';
import { type BytePath, joinFields, locate, splitFields } from './bytes.ts';
import type { GitRepository } from './repository.ts';
import { readRegular } from './safe-files.ts';
import { GITLINK, SYMLINK, type TreeChange } from './tree-diff.ts';
import type { GitPlace } from './trusted-git.ts';

/** The names of filters that attribute files mention, git-lfs being `lfs`. */
export async function mentionedFilters(
  repository: GitRepository,
  workTree: string,
  attributeFiles: readonly BytePath[],
): Promise<ReadonlySet<string>> {
  const { gitDir } = repository.git;
  const files = [
    join(gitDir, 'info', 'attributes'),
    join(gitDir, 'user-attributes'),
    ...attributeFiles.map((path) => locate(workTree, path)),
  ];
  const names = new Set<string>();
  for (const file of files) {
    const text = await readRegular(file, 4 * 1024 * 1024);
    for (const [, name] of text?.toString('latin1').matchAll(/(?<![\w-])filter=(\S+)/g) ?? []) {
      if (name !== undefined) names.add(name);
    }
  }
  return names;
}

/** Changed files under a filter that is not run: recording them raw would store what the filter is there to keep out. */
export async function filteredChanges(
  repository: GitRepository,
  place: GitPlace,
  attributeFiles: readonly BytePath[],
  changes: readonly TreeChange[],
): Promise<readonly TreeChange[]> {
  const files = changes.filter(
    ({ status, newMode }) => status !== 'deleted' && newMode !== SYMLINK && newMode !== GITLINK,
  );
  if (files.length === 0 || place.workTree === undefined) return [];
  if ((await mentionedFilters(repository, place.workTree, attributeFiles)).size === 0) return [];
  const input = joinFields(files.map((change) => change.path));
  const output = await repository.git.run(['check-attr', '-z', '--stdin', 'filter'], { ...place, input });
  // Three fields a file: path, attribute, value.
  const values = splitFields(output.stdout);
  return files.filter((_, at) => !isHarmless(values[3 * at + 2] ?? '', repository.git.lfs));
}

function isHarmless(filter: string, lfs: boolean): boolean {
  return ['unspecified', 'unset', 'set', ''].includes(filter) || (filter === 'lfs' && lfs);
}

/** What a person should know about a fresh working tree whose files some filter would have changed. */
export function filterWarnings(names: ReadonlySet<string>, lfs: boolean): readonly string[] {
  const warnings: string[] = [];
  for (const name of [...names].sort()) {
    if (name !== 'lfs') {
      warnings.push(
        `git filter "${name}" is not run: its files stay as git stores them, and a task that changes one fails`,
      );
    } else if (!lfs) warnings.push('git-lfs is not installed: large files stay pointers');
  }
  return warnings;
}
