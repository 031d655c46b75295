import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GitRepository } from './repository.ts';
import { playBox } from './testing/box.ts';
import { branchOf, createSandbox, jobIn, type Sandbox } from './testing/sandbox.ts';

async function withSubmodule(): Promise<{ sandbox: Sandbox; repository: GitRepository; inner: string }> {
  const sandbox = createSandbox();
  const upstream = join(sandbox.home, 'lib');
  sandbox.sh(
    sandbox.home,
    `git init -q -b main ${upstream}; cd ${upstream}; echo one > lib.txt; git add .; git commit -qm lib`,
  );
  sandbox.git('submodule', '--quiet', 'add', upstream, 'deps/lib');
  sandbox.git('commit', '-qm', 'submodule');
  // Nothing may be fetched from where it came.
  sandbox.sh(sandbox.home, `mv ${upstream} ${upstream}.gone`);
  return {
    sandbox,
    repository: await sandbox.open(),
    inner: sandbox.gitIn(join(sandbox.root, 'deps/lib'), 'rev-parse', 'HEAD'),
  };
}

describe('submodules', () => {
  it('are there, as git knows them, without network', async () => {
    const { sandbox, repository, inner } = await withSubmodule();
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
    expect(tree.warnings).toEqual([]);
    expect(readFileSync(join(tree.path, 'deps/lib/lib.txt'), 'utf8')).toBe('one\n');
    expect(sandbox.gitIn(tree.path, 'status', '--porcelain')).toBe('');
    expect(sandbox.gitIn(tree.path, 'submodule', 'status')).toContain(`${inner} deps/lib`);
    expect((await tree.capture()).tree).toBe(await tree.treeOf(repository.head.commit));
  });

  it('bring their new commits back before the worktree goes', async () => {
    const { sandbox, repository } = await withSubmodule();
    const start = repository.head.commit;
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start });
    sandbox.sh(tree.path, 'cd deps/lib; git switch -qc work; echo two > lib.txt; git commit -qam two');
    const made = sandbox.gitIn(join(tree.path, 'deps/lib'), 'rev-parse', 'HEAD');
    const { tree: id, problems } = await tree.capture();
    expect(problems).toEqual([]);
    expect(await tree.changes(start, id)).toEqual([{ path: 'deps/lib', status: 'modified', size: 0 }]);
    await tree.setBranch(branchOf('t'), await tree.commit({ tree: id, parent: start, message: 'x' }));
    await tree.close({ keep: false });
    sandbox.git('switch', '-q', 'orch/r1/t');
    sandbox.git('submodule', '--quiet', 'update', '--no-fetch');
    expect(readFileSync(join(sandbox.root, 'deps/lib/lib.txt'), 'utf8')).toBe('two\n');
    expect(sandbox.git('ls-tree', 'HEAD', 'deps/lib')).toContain(made);
    sandbox.sh(join(sandbox.root, 'deps/lib'), 'git gc -q --prune=now; git fsck --strict');
  });

  it('are refused with uncommitted changes, or when another repository took their place', async () => {
    const { sandbox, repository } = await withSubmodule();
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
    sandbox.sh(tree.path, 'echo dirty > deps/lib/lib.txt; echo build > deps/lib/out.o');
    expect((await tree.capture()).problems).toMatchObject([{ code: 'unsafe-tree', details: ['deps/lib/lib.txt'] }]);
    await tree.reset(repository.head.commit);
    expect(readFileSync(join(tree.path, 'deps/lib/lib.txt'), 'utf8')).toBe('one\n');
    expect(existsSync(join(tree.path, 'deps/lib/out.o'))).toBe(false);
    expect((await tree.capture()).problems).toEqual([]);
    sandbox.sh(tree.path, 'rm deps/lib/.git; git init -q deps/lib; cd deps/lib; git add .; git commit -qm other');
    const captured = await tree.capture();
    expect(captured.problems).toMatchObject([{ code: 'unsafe-tree', details: ['deps/lib'] }]);
    expect(captured.tree).toBe(await tree.treeOf(repository.head.commit));
  });

  it('can be removed', async () => {
    const { sandbox, repository } = await withSubmodule();
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
    sandbox.sh(tree.path, 'git rm -qf deps/lib');
    const captured = await tree.capture();
    expect(captured.problems).toEqual([]);
    expect(
      (await tree.changes(repository.head.commit, captured.tree)).map(({ path, status }) => `${status} ${path}`),
    ).toEqual(['modified .gitmodules', 'deleted deps/lib']);
  });

  it('can be added', async () => {
    const sandbox = createSandbox();
    const upstream = join(sandbox.home, 'lib');
    sandbox.sh(
      sandbox.home,
      `git init -q -b main ${upstream}; cd ${upstream}; echo one > lib.txt; git add .; git commit -qm lib`,
    );
    const repository = await sandbox.open();
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
    sandbox.sh(tree.path, `git submodule --quiet add ${upstream} lib`);
    const captured = await tree.capture();
    expect(captured.problems).toEqual([]);
    expect((await tree.changes(repository.head.commit, captured.tree)).map((change) => change.path)).toEqual([
      '.gitmodules',
      'lib',
    ]);
    await tree.close({ keep: false });
    expect(
      sandbox.git(`--git-dir=.git/modules/lib`, 'cat-file', '-t', sandbox.gitIn(upstream, 'rev-parse', 'HEAD')),
    ).toBe('commit');
  });

  it('stay empty, with a warning, when the main checkout has not fetched them', async () => {
    const { sandbox } = await withSubmodule();
    const clone = join(sandbox.home, 'clone');
    sandbox.git('clone', '-q', sandbox.root, clone);
    const { openRepository } = await import('./repository.ts');
    const opened = await openRepository(clone);
    if (!opened.ok) throw new Error('not opened');
    const tree = await jobIn(sandbox, opened.value, 't').open({
      branch: branchOf('t'),
      start: opened.value.head.commit,
    });
    expect(tree.warnings).toEqual([
      'the submodule deps/lib stays empty: its commit is not in the main checkout (git submodule update --init)',
    ]);
    expect((await tree.capture()).tree).toBe(await tree.treeOf(opened.value.head.commit));
    await opened.value.dispose();
  });

  it.each(['../out', '/abs', 'a/../../b', '.git/x', '-x'])('at the path %s are not followed', async (path) => {
    const sandbox = createSandbox({ a: '', '.gitmodules': `[submodule "evil"]\n\tpath = ${path}\n\turl = /x\n` });
    const repository = await sandbox.open();
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
    expect((await tree.capture()).problems).toEqual([]);
  });

  it.each([['../out'], ['a/../../b'], ['.git/x'], ['a/.GIT']])(
    'are refused when a task puts them at %s',
    async (path) => {
      const sandbox = createSandbox();
      const repository = await sandbox.open();
      const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
      sandbox.sh(
        tree.path,
        `printf '[submodule "evil"]\\n\\tpath = ${path}\\n\\turl = /x\\n' > .gitmodules; echo b > b.txt`,
      );
      const { tree: id, problems } = await tree.capture();
      expect(problems).toMatchObject([{ code: 'unsafe-tree', details: [`evil at ${path}`] }]);
      expect((await tree.changes(repository.head.commit, id)).map((change) => change.path)).toEqual(['b.txt']);
    },
  );

  it('read nothing of a repository that their objects name', async () => {
    const { sandbox, repository } = await withSubmodule();
    const other = createSandbox({ 'secret.txt': 'secret\n' });
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
    const blob = other.git('rev-parse', 'HEAD:secret.txt');
    sandbox.sh(
      join(tree.path, 'deps/lib'),
      `echo ${other.root}/.git/objects >> "$(git rev-parse --git-path objects/info/alternates)"
      git update-index --add --cacheinfo 100644,${blob},x; git commit -qm x`,
    );
    const { problems } = await tree.capture();
    expect(problems).toMatchObject([{ code: 'unsafe-tree', details: ['deps/lib'] }]);
    expect(problems[0]?.message).toContain(blob);
  });

  it('work in a box, and bring their commits back from there', async () => {
    const { sandbox, repository, inner } = await withSubmodule();
    const start = repository.head.commit;
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start });
    const { git, gitDir } = await playBox(sandbox, tree);
    const module = join(gitDir, 'modules/deps/lib');
    expect(git.mounts.map(({ host, inner, readOnly }) => [host, inner, readOnly])).toContainEqual([
      join(gitDir, '../pointer-0'),
      join(tree.path, 'deps/lib/.git'),
      true,
    ]);
    const stores = git.mounts.filter((mount) => /^\/__o\/modules\/0\/\d$/.test(mount.inner));
    expect(stores).toHaveLength(2);
    const play = (command: string): string =>
      sandbox.sh(
        join(tree.path, 'deps/lib'),
        `export GIT_DIR=${module} GIT_WORK_TREE=$PWD
        export GIT_ALTERNATE_OBJECT_DIRECTORIES=${stores.map(({ host }) => host).join(':')}; ${command}`,
      );
    expect(play('git status --porcelain; git rev-parse HEAD')).toBe(inner);
    play('git switch -qc work; echo two > lib.txt; git commit -qam two');
    await tree.head();
    const { tree: id, problems } = await tree.capture();
    expect(problems).toEqual([]);
    expect(await tree.changes(start, id)).toEqual([{ path: 'deps/lib', status: 'modified', size: 0 }]);
    await tree.setBranch(branchOf('t'), await tree.commit({ tree: id, parent: start, message: 'x' }));
    await tree.close({ keep: false });
    sandbox.git('switch', '-q', 'orch/r1/t');
    sandbox.git('submodule', '--quiet', 'update', '--no-fetch');
    expect(readFileSync(join(sandbox.root, 'deps/lib/lib.txt'), 'utf8')).toBe('two\n');
  });

  it.each([
    ['its HEAD is a symlink', 'ln -sf /etc/hostname HEAD'],
    ['its git directory is gone', 'cd ..; mv lib ../../else; ln -s ../../else lib'],
    ['bad object', 'printf "%040d\\n" 1 > HEAD'],
  ])('are not followed out of a box: %s', async (said, script) => {
    const { sandbox, repository } = await withSubmodule();
    const start = repository.head.commit;
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start });
    const { gitDir } = await playBox(sandbox, tree);
    sandbox.sh(join(gitDir, 'modules/deps/lib'), script);
    await tree.head();
    const { problems } = await tree.capture();
    expect(problems).toMatchObject([{ code: 'unsafe-tree', details: ['deps/lib'] }]);
    expect(problems[0]?.message).toContain(said);
  });
});
