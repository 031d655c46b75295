/** The objects of one change and nothing else, for a box that is to know no history. */
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitRepository } from './repository.ts';

/**
 * Packs what `commit` and its first parent hold into a git directory, where the parent is as far as history goes. Both
 * ways into the repository's own objects stay closed: there is nothing to read that the two trees do not hold.
 */
export async function packAlone({ git }: GitRepository, commit: string, gitDir: string): Promise<void> {
  const parent = await git.text(['rev-parse', '--verify', '--quiet', `${commit}^`], { codes: [0, 1] });
  const commits = parent === '' ? [commit] : [commit, parent];
  const { stdout } = await git.run(['rev-list', '--objects', '--no-walk', ...commits]);
  const pack = join(gitDir, 'objects', 'pack');
  await mkdir(pack, { recursive: true });
  await git.run(['pack-objects', '-q', join(pack, 'pack')], { input: stdout });
  await appendFile(
    join(gitDir, 'shallow'),
    commits
      .slice(-1)
      .map((id) => `${id}\n`)
      .join(''),
  );
}
