import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sweepWorktrees } from './sweep.ts';
import { branchOf, createSandbox, jobIn } from './testing/sandbox.ts';

const FILES = { 'a.txt': 'a\n', 'b/c.txt': 'c\n', '.gitignore': 'cache/\n' };

it('makes the files equal to the commit again, ignored ones left alone', async () => {
  const sandbox = createSandbox(FILES);
  const repository = await sandbox.open();
  const start = repository.head.commit;
  const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start });
  const mess = [
    'echo x > a.txt; rm -r b; echo file > b',
    'mkdir -p new/deep/er empty/inner cache; echo n > new/deep/er/n; echo keep > cache/kept',
    'git add -A; git commit -qm own; git switch -qc elsewhere; git rm -q --cached a.txt',
    'mkdir ro; echo r > ro/f; chmod 555 ro; mkfifo pipe',
    'git update-index --skip-worktree b; echo y > b; chmod +x a.txt',
  ];
  sandbox.sh(tree.path, mess.join('\n'));
  await tree.reset(start);
  expect(sandbox.sh(tree.path, 'find . -path ./.git -prune -o -print | sort | tr "\\n" " "')).toBe(
    '. ./.gitignore ./a.txt ./b ./b/c.txt ./cache ./cache/kept',
  );
  expect(sandbox.gitIn(tree.path, 'status', '--porcelain=v2', '--branch')).toBe(
    `# branch.oid ${start}\n# branch.head orch/r1/t`,
  );
  expect(await tree.head()).toEqual({ commit: start, branch: 'orch/r1/t' });
  expect((await tree.capture()).tree).toBe(await tree.treeOf(start));
});

it.each([
  [
    'a merge',
    'git switch -qc x; echo x > a.txt; git commit -qam x; git switch -q orch/r1/t; echo y > a.txt; git commit -qam y; git merge -q x || true',
  ],
  [
    'a rebase',
    'git switch -qc x; echo x > a.txt; git commit -qam x; git switch -q orch/r1/t; echo y > a.txt; git commit -qam y; git rebase -q x || true',
  ],
  ['a bisect', 'git commit -q --allow-empty -m x; git bisect start HEAD HEAD~ >/dev/null'],
  ['a locked index', 'touch "$(git rev-parse --git-path index.lock)"'],
])('calls off %s', async (_, command) => {
  const sandbox = createSandbox(FILES);
  const repository = await sandbox.open();
  const start = repository.head.commit;
  const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start });
  sandbox.sh(tree.path, command);
  await tree.reset(start);
  expect(sandbox.gitIn(tree.path, 'status')).toBe('On branch orch/r1/t\nnothing to commit, working tree clean');
  sandbox.sh(tree.path, 'echo z > z; git add z; git commit -qm z');
});

it('moves embedded repositories aside instead of losing them', async () => {
  const sandbox = createSandbox(FILES);
  const repository = await sandbox.open();
  const start = repository.head.commit;
  const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start });
  sandbox.sh(
    tree.path,
    'git init -q made; echo work > made/work; git init -q cache/clone; rm .git; git init -q; git add a.txt; git commit -qm mine',
  );
  expect((await tree.capture()).problems).toHaveLength(2);
  expect(await tree.reset(start)).toEqual([`${tree.path}.left/1`, `${tree.path}.left/2`]);
  expect((await tree.capture()).problems).toEqual([]);
  expect(existsSync(join(tree.path, 'made'))).toBe(false);
  expect(existsSync(join(tree.path, 'cache/clone/.git'))).toBe(true);
  expect(readFileSync(join(`${tree.path}.left`, '1/work'), 'utf8')).toBe('work\n');
  expect(sandbox.gitIn(join(`${tree.path}.left`), '--git-dir=2', 'log', '-1', '--format=%s')).toBe('mine');
  expect(sandbox.gitIn(tree.path, 'log', '-1', '--format=%H')).toBe(start);
  await tree.close({ keep: false });
  expect(existsSync(tree.path)).toBe(false);
  expect(await sweepWorktrees(repository)).toMatchObject([{ leg: 't', removed: true }]);
  expect(existsSync(`${tree.path}.left`)).toBe(false);
});
