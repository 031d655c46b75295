import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Repository, WorkTree } from '../../tasks/repository-port.ts';
import { createActivity } from './activity.ts';
import type { GitRepository } from './repository.ts';
import { branchOf, createSandbox, jobIn, workspacesIn } from './testing/sandbox.ts';

const START = { 'a.txt': 'a\n', 'src/b.txt': 'b\n', '.gitignore': 'ignored/\n*.log\n' };

describe('a working tree', () => {
  it('fills the ports of the task semantics', async () => {
    const sandbox = createSandbox();
    const repository = await sandbox.open();
    const job: Repository = jobIn(sandbox, repository, 'api');
    expect(await job.base()).toBe(repository.head.commit);
    expect(await job.current()).toBeUndefined();
    const tree: WorkTree = await job.open({ branch: branchOf('api'), start: repository.head.commit });
    expect((await job.current())?.path).toBe(tree.path);
  });

  it('is an ordinary worktree for the task, on its own branch, clean', async () => {
    const sandbox = createSandbox(START);
    const repository = await sandbox.open();
    const tree = await jobIn(sandbox, repository, 'api').open({
      branch: branchOf('api'),
      start: repository.head.commit,
    });
    expect(tree.warnings).toEqual([]);
    expect(sandbox.gitIn(tree.path, 'status', '--porcelain=v2', '--branch')).toBe(
      `# branch.oid ${repository.head.commit}\n# branch.head orch/r1/api`,
    );
    expect(sandbox.git('worktree', 'list', '--porcelain')).toContain(`worktree ${tree.path}`);
    sandbox.sh(tree.path, 'echo x > x.txt; git add x.txt; git commit -qm own; git fsck --strict');
    const head = await tree.head();
    expect(head).toEqual({ commit: sandbox.gitIn(tree.path, 'rev-parse', 'HEAD'), branch: 'orch/r1/api' });
    expect(await tree.commits(repository.head.commit, head.commit, 10)).toEqual([{ id: head.commit, subject: 'own' }]);
  });

  it('takes the directories that it shares with other jobs away under the lock, for they may be needed the moment after', async () => {
    const sandbox = createSandbox(START);
    const repository = await sandbox.open();
    const shared = [
      join(repository.commonDir, 'orch/worktrees/r1'),
      join(repository.commonDir, 'worktrees'),
      join(sandbox.worktrees, 'r1'),
    ];
    let left: readonly string[] = [];
    const exclusive: GitRepository['exclusive'] = async (work) => {
      const done = await repository.exclusive(work);
      left = shared.filter((path) => existsSync(path));
      return done;
    };
    const job = jobIn(sandbox, { ...repository, exclusive }, 'api');
    const tree = await job.open({ branch: branchOf('api'), start: repository.head.commit });
    expect(left).toEqual(shared);
    await tree.close({ keep: false });
    expect(left).toEqual([]);
  });

  it('takes what changed through capture and commit to its branch, and goes', async () => {
    const sandbox = createSandbox(START);
    const repository = await sandbox.open();
    const start = repository.head.commit;
    const tree = await jobIn(sandbox, repository, 'api').open({ branch: branchOf('api'), start });
    sandbox.sh(
      tree.path,
      'echo new > n.txt; echo bb > src/b.txt; rm a.txt; mkdir ignored; echo i > ignored/i; chmod +x src/b.txt',
    );
    const { tree: id, problems } = await tree.capture();
    expect(problems).toEqual([]);
    const expected = [
      { path: 'a.txt', status: 'deleted', size: 0 },
      { path: 'n.txt', status: 'added', size: 4 },
      { path: 'src/b.txt', status: 'modified', size: 3 },
    ];
    expect(await tree.changes(start, id)).toEqual(expected);
    const commit = await tree.commit({ tree: id, parent: start, message: 'task: api\n\nOrch-Task: api' });
    expect(await tree.changes(start, commit)).toEqual(expected);
    await tree.setBranch(branchOf('api'), commit);
    await tree.close({ keep: false });
    expect(existsSync(tree.path)).toBe(false);
    expect(sandbox.git('worktree', 'list')).not.toContain('api');
    expect(existsSync(join(sandbox.root, '.git/worktrees'))).toBe(false);
    expect(existsSync(join(sandbox.root, '.git/orch/worktrees/r1'))).toBe(false);
    expect(sandbox.git('log', '-1', '--format=%an <%ae> %s', 'orch/r1/api')).toBe('Ada <ada@example.org> task: api');
    expect(sandbox.git('ls-tree', '-r', '--format=%(objectmode) %(path)', 'orch/r1/api')).toBe(
      '100644 .gitignore\n100644 n.txt\n100755 src/b.txt',
    );
  });

  it('tells the sizes of commits that it did not capture', async () => {
    const sandbox = createSandbox(START);
    const repository = await sandbox.open();
    const tree = await jobIn(sandbox, repository, 'api').open({
      branch: branchOf('api'),
      start: repository.head.commit,
    });
    sandbox.sh(
      tree.path,
      'head -c 70000 /dev/zero > big; git add .; git commit -qm one; rm big; git mv a.txt z.txt; ln -s z.txt l; git add .; git commit -qam two',
    );
    const head = (await tree.head()).commit;
    expect(await tree.changes(`${head}~`, head)).toEqual([
      { path: 'a.txt', status: 'deleted', size: 0 },
      { path: 'big', status: 'deleted', size: 0 },
      { path: 'l', status: 'added', size: 5 },
      { path: 'z.txt', status: 'added', size: 2 },
    ]);
    expect(await tree.changes(repository.head.commit, `${head}~`)).toEqual([
      { path: 'big', status: 'added', size: 70000 },
    ]);
  });

  it('shows a person a clean status when it is kept after its work was committed', async () => {
    const sandbox = createSandbox(START);
    const repository = await sandbox.open();
    const tree = await jobIn(sandbox, repository, 'api').open({
      branch: branchOf('api'),
      start: repository.head.commit,
    });
    sandbox.sh(tree.path, 'echo new > n.txt');
    const commit = await tree.commit({
      tree: (await tree.capture()).tree,
      parent: repository.head.commit,
      message: 'wip',
    });
    await tree.setBranch(branchOf('api'), commit);
    await tree.close({ keep: true });
    expect(sandbox.gitIn(tree.path, 'status', '--porcelain')).toBe('');
    expect(sandbox.gitIn(tree.path, 'rev-parse', 'HEAD')).toBe(commit);
  });

  it('reads HEAD wherever the task left it', async () => {
    const sandbox = createSandbox(START);
    const repository = await sandbox.open();
    const start = repository.head.commit;
    const tree = await jobIn(sandbox, repository, 'api').open({ branch: branchOf('api'), start });
    const cases: readonly (readonly [string, { branch?: string; moved: boolean }])[] = [
      ['git switch -qc side; git commit -qm x --allow-empty', { branch: 'side', moved: true }],
      ['git switch -q --detach HEAD', { moved: true }],
      ['git switch -q orch/r1/api; git commit -q --amend -m amended', { branch: 'orch/r1/api', moved: true }],
      ['git pack-refs --all', { branch: 'orch/r1/api', moved: true }],
      ['git switch -q --orphan empty', { branch: 'empty', moved: false }],
      ['echo 1111111111111111111111111111111111111111 > "$(git rev-parse --git-path HEAD)"', { moved: false }],
      [
        'echo "ref: refs/heads/../../../etc/passwd" > .head; cp .head ../../../repo/.git/worktrees/*/HEAD',
        { moved: false },
      ],
      ['cd ../../../repo/.git/worktrees/*/; rm HEAD; mkfifo HEAD', { moved: false }],
    ];
    for (const [command, expected] of cases) {
      sandbox.sh(tree.path, command);
      const head = await tree.head();
      expect({ command, branch: head.branch, moved: head.commit !== start }).toEqual({
        command,
        branch: undefined,
        ...expected,
      });
      if (expected.moved) expect(head.commit).toBe(sandbox.gitIn(tree.path, 'rev-parse', 'HEAD'));
    }
  });

  it('tells activity by a digest', async () => {
    const sandbox = createSandbox(START);
    const repository = await sandbox.open();
    const tree = await jobIn(sandbox, repository, 'api').open({
      branch: branchOf('api'),
      start: repository.head.commit,
    });
    const activity = createActivity(tree.path, () => 0);
    const before = await activity();
    expect(await activity()).toBe(before);
    sandbox.sh(tree.path, 'mkdir -p ignored/deep; echo x > ignored/deep/x');
    const after = await activity();
    expect(after).not.toBe(before);
    sandbox.sh(tree.path, 'echo yy > a.txt');
    expect(await activity()).not.toBe(after);
    expect(await tree.activity()).toBe(await tree.activity());
  });

  it('makes 24 at once in a repository with a remote, without tracking', async () => {
    const sandbox = createSandbox(START);
    sandbox.git('clone', '-q', '--bare', sandbox.root, join(sandbox.home, 'remote.git'));
    sandbox.git('remote', 'add', 'origin', join(sandbox.home, 'remote.git'));
    sandbox.git('fetch', '-q');
    sandbox.git('config', 'branch.autoSetupMerge', 'always');
    sandbox.git('branch', '-q', '--set-upstream-to=origin/main');
    const config = readFileSync(join(sandbox.root, '.git/config'), 'utf8');
    const repository = await sandbox.open();
    const workspaces = workspacesIn(sandbox, repository);
    const legs = Array.from({ length: 24 }, (_, at) => `t${at}`);
    const trees = await Promise.all(
      legs.map((leg) =>
        workspaces.forJob(branchOf(leg)).open({ branch: branchOf(leg), start: repository.head.commit }),
      ),
    );
    expect(sandbox.git('worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(25);
    expect(readFileSync(join(sandbox.root, '.git/config'), 'utf8')).toBe(config);
    await Promise.all(
      trees.map(async (tree, at) => {
        await sandbox.start(tree.path, `echo ${at} > out.txt`);
        const { tree: id } = await tree.capture();
        await tree.setBranch(
          branchOf(`t${at}`),
          await tree.commit({ tree: id, parent: repository.head.commit, message: 'x' }),
        );
        await tree.close({ keep: false });
      }),
    );
    expect(sandbox.git('worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(1);
    expect(legs.map((leg, at) => sandbox.git('show', `orch/r1/${leg}:out.txt`) === String(at))).not.toContain(false);
    expect(sandbox.git('for-each-ref', '--format=%(upstream)', 'refs/heads/orch')).toBe('');
  });

  it('costs at most seven git processes from opening to closing', async () => {
    const sandbox = createSandbox(START);
    const repository = await sandbox.open();
    const start = repository.head.commit;
    const workspaces = workspacesIn(sandbox, repository);
    const tree = await workspaces.forJob(branchOf('warm')).open({ branch: branchOf('warm'), start });
    await tree.close({ keep: false });
    const before = repository.git.processes();
    const job = await workspaces.forJob(branchOf('api')).open({ branch: branchOf('api'), start });
    sandbox.sh(job.path, 'echo x > x');
    const { tree: id } = await job.capture();
    expect(await job.changes(start, id)).toHaveLength(1);
    expect(await job.head()).toEqual({ commit: start, branch: branchOf('api') });
    const commit = await job.commit({ tree: id, parent: start, message: 'task: api' });
    await job.setBranch(branchOf('api'), commit);
    expect(await job.commits(start, commit, 10)).toEqual([{ id: commit, subject: 'task: api' }]);
    expect(await job.changes(start, commit)).toHaveLength(1);
    await job.close({ keep: false });
    expect(repository.git.processes() - before).toBeLessThanOrEqual(7);
  });
});
