import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRepository, resolveCommit } from './repository.ts';
import { branchOf, createSandbox, jobIn, temporaryDirectory } from './testing/sandbox.ts';
import { estimateWorktreeSize } from './worktree-size.ts';

async function refusedAt(directory: string): Promise<string> {
  const opened = await openRepository(directory);
  if (opened.ok) throw new Error('it was opened');
  return opened.error.map((diagnostic) => diagnostic.code).join(' ');
}

describe('opening a repository', () => {
  it('finds it from a directory below, and from a linked worktree', async () => {
    const sandbox = createSandbox({ 'deep/er/x': '' });
    const below = await openRepository(join(sandbox.root, 'deep/er'));
    if (!below.ok) throw new Error('not opened');
    const head = sandbox.git('rev-parse', 'HEAD');
    expect(below.value).toMatchObject({
      root: sandbox.root,
      commonDir: join(sandbox.root, '.git'),
      head: { commit: head, branch: 'main' },
      shallow: false,
    });
    await below.value.dispose();

    const linked = join(sandbox.home, 'two words');
    sandbox.git('worktree', 'add', '-q', '-b', 'feature', linked);
    sandbox.gitIn(linked, 'commit', '-q', '--allow-empty', '-m', 'on feature');
    const opened = await openRepository(linked);
    if (!opened.ok) throw new Error('not opened');
    const repository = opened.value;
    expect(repository).toMatchObject({
      root: linked,
      commonDir: join(sandbox.root, '.git'),
      head: { branch: 'feature' },
    });
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
    sandbox.sh(tree.path, 'echo x > x');
    const commit = await tree.commit({
      tree: (await tree.capture()).tree,
      parent: repository.head.commit,
      message: 'x',
    });
    await tree.setBranch(branchOf('t'), commit);
    await tree.close({ keep: false });
    expect(sandbox.git('log', '--format=%s', branchOf('t'))).toBe('x\non feature\nfirst');
    expect(sandbox.git('worktree', 'list')).toContain('two words');
    await repository.dispose();
    expect(readdirSync(join(sandbox.root, '.git/orch')).filter((name) => name.startsWith('git-'))).toEqual([]);
  });

  it('says what it cannot work with', async () => {
    const sandbox = createSandbox();
    const bare = join(sandbox.home, 'bare.git');
    sandbox.git('clone', '-q', '--bare', sandbox.root, bare);
    const unborn = join(sandbox.home, 'unborn');
    sandbox.git('init', '-q', unborn);
    const broken = join(sandbox.home, 'broken');
    sandbox.sh(sandbox.home, 'git init -q broken; echo "[x" >> broken/.git/config');
    expect(await refusedAt(temporaryDirectory())).toBe('not-a-repository');
    expect(await refusedAt(bare)).toBe('bare-repository');
    expect(await refusedAt(join(sandbox.root, '.git'))).toBe('no-work-tree');
    expect(await refusedAt(unborn)).toBe('no-commits');
    expect(await refusedAt(broken)).toBe('unreadable-repository');
  });

  it('needs a git that can merge without a working tree', async () => {
    const sandbox = createSandbox();
    const bin = join(sandbox.home, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'git'), '#!/bin/sh\necho git version 2.37.9\n', { mode: 0o755 });
    const path = process.env['PATH'];
    try {
      process.env['PATH'] = `${bin}:${path}`;
      await expect(openRepository(sandbox.root)).rejects.toThrow(
        'git 2.38 or newer is needed; this machine has git version 2.37.9',
      );
      process.env['PATH'] = join(sandbox.home, 'nothing');
      await expect(openRepository(sandbox.root)).rejects.toThrow('git could not be started: it is not on the PATH');
    } finally {
      process.env['PATH'] = path;
    }
  });

  it.each([
    ['HEAD', true],
    ['main~0', true],
    ['v1', true],
    ['nothing', false],
    ['--all', false],
    ['', false],
    ['HEAD:a.txt', false],
  ])('takes the base %j: %s', async (ref, known) => {
    const sandbox = createSandbox();
    sandbox.git('tag', '-a', '-m', 'one', 'v1');
    const repository = await sandbox.open();
    const resolved = await resolveCommit(repository, ref);
    expect(resolved).toMatchObject(
      known ? { ok: true, value: repository.head.commit } : { ok: false, error: [{ code: 'unknown-base' }] },
    );
  });

  it('removes what processes that are gone have left, and nothing of living ones', async () => {
    const sandbox = createSandbox();
    const first = await sandbox.open();
    const dead = join(sandbox.root, '.git/orch/git-dead');
    mkdirSync(dead);
    writeFileSync(join(dead, 'owner'), JSON.stringify({ pid: process.pid, started: '1' }));
    await sandbox.open();
    expect(existsSync(dead)).toBe(false);
    expect(existsSync(first.git.gitDir)).toBe(true);
  });

  it('does not tell passwords in the URL of the remote', async () => {
    const sandbox = createSandbox();
    sandbox.git('remote', 'add', 'origin', 'https://ada:hunter2@example.org/x.git');
    expect((await sandbox.open()).remoteUrl).toBe('https://example.org/x.git');
  });

  it('estimates a working tree in whole blocks', async () => {
    const sandbox = createSandbox({ a: 'x', b: 'y'.repeat(5000), 'c c/\td': '' });
    const repository = await sandbox.open();
    expect(await estimateWorktreeSize(repository, repository.head.commit)).toBe(3 * 4096);
  });
});

it('commits as orch when the user has no name', async () => {
  const sandbox = createSandbox();
  writeFileSync(join(sandbox.home, '.gitconfig'), '');
  const repository = await sandbox.open();
  const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
  const commit = await tree.commit({
    tree: await tree.treeOf(repository.head.commit),
    parent: repository.head.commit,
    message: 'x'.repeat(300_000),
  });
  expect(sandbox.git('log', '-1', '--format=%an <%ae> %cn', commit)).toBe('orch <orch@localhost> orch');
});

it('honours the user-wide ignore file as it was before the run', async () => {
  const sandbox = createSandbox();
  sandbox.sh(sandbox.home, 'mkdir -p .config/git; echo "*.swp" > .config/git/ignore');
  const repository = await sandbox.open();
  sandbox.sh(sandbox.home, 'echo "*" > .config/git/ignore');
  const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
  sandbox.sh(tree.path, 'touch x x.swp');
  const { tree: id } = await tree.capture();
  expect((await tree.changes(repository.head.commit, id)).map((change) => change.path)).toEqual(['x']);
  expect(readFileSync(join(repository.git.gitDir, 'user-excludes'), 'utf8')).toBe('*.swp\n');
});
