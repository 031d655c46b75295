import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { takeBundle } from './bundle.ts';
import { createSandbox, type Sandbox } from './testing/sandbox.ts';

/** Another repository, and a file with what it has on `evil`, which git's own commands would not have made. */
function bundleOf(sandbox: Sandbox, tree: string): { readonly file: string; readonly commit: string } {
  const file = join(sandbox.home, 'x.bundle');
  const commit = sandbox.sh(
    sandbox.home,
    `git clone -q repo other; cd other; blob=$(echo '[core]' | git hash-object -w --stdin)
     dir=$(printf '100644 blob %s\\tconfig\\n' "$blob" | git mktree)
     ${tree}
     git update-ref refs/heads/evil "$(git commit-tree "$tree" -p HEAD -m evil)"
     git bundle create -q ../x.bundle refs/heads/evil ^HEAD; git rev-parse evil`,
  );
  return { file, commit };
}

const isThere = (sandbox: Sandbox, commit: string): boolean =>
  sandbox.sh(sandbox.root, `git cat-file -e ${commit} 2>&1 && echo yes || echo no`).endsWith('yes');

it.each([['sha1'], ['sha256']])('takes what a task may have committed, and no ref (%s)', async (format) => {
  const sandbox = createSandbox({ 'a.txt': 'a\n' }, `--object-format=${format}`);
  const { file, commit } = bundleOf(sandbox, 'tree=$(printf "040000 tree %s\\tdir\\n" "$dir" | git mktree)');
  await takeBundle(await sandbox.open(), file);
  expect(sandbox.git('show', `${commit}:dir/config`)).toBe('[core]');
  expect(sandbox.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
});

it.each([
  ['a git directory', 'tree=$(printf "040000 tree %s\\t.GIT\\n" "$dir" | git mktree)'],
  ['a way out of the tree', 'tree=$(printf "040000 tree %s\\t..\\n" "$dir" | git mktree)'],
  [
    'a submodule that is an option of git',
    `mod=$(printf '[submodule "x"]\\npath = x\\nurl = -u./run\\n' | git hash-object -w --stdin)
     tree=$(printf "100644 blob %s\\t.gitmodules\\n" "$mod" | git mktree)`,
  ],
])('takes nothing where there is %s in it', async (_, tree) => {
  const sandbox = createSandbox();
  const { file, commit } = bundleOf(sandbox, tree);
  await expect(takeBundle(await sandbox.open(), file)).rejects.toThrow('git index-pack failed: ');
  expect(isThere(sandbox, commit)).toBe(false);
});

it('says what the repository lacks, and that a bundle is broken', async () => {
  const sandbox = createSandbox();
  const { file } = bundleOf(sandbox, 'git commit -q --allow-empty -m more; tree=$dir');
  const repository = await sandbox.open();
  await expect(takeBundle(repository, file)).rejects.toThrow('lacks these prerequisite commits');
  sandbox.sh(sandbox.home, 'head -c -30 x.bundle > short.bundle');
  sandbox.git('fetch', '-q', '../other', 'HEAD');
  await expect(takeBundle(repository, join(sandbox.home, 'short.bundle'))).rejects.toThrow('git index-pack failed');
  writeFileSync(file, '');
  await expect(takeBundle(repository, file)).rejects.toThrow('bundle');
});
