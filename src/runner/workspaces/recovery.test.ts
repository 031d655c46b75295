import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openWorktree } from './open-worktree.ts';
import type { GitRepository } from './repository.ts';
import { sweepWorktrees } from './sweep.ts';
import { branchOf, createSandbox, jobIn, type Sandbox } from './testing/sandbox.ts';
import { placeWorktree, readRecord, writeRecord } from './worktree-record.ts';

function openT(sandbox: Sandbox, repository: GitRepository) {
  return jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
}

describe('opening again', () => {
  it('after a crash at any step makes the worktree whole', async () => {
    const sandbox = createSandbox({ a: 'a\n', b: 'b\n' });
    const repository = await sandbox.open();
    const place = placeWorktree(repository, branchOf('t'), sandbox.worktrees);
    const crashes: readonly (() => unknown)[] = [
      () => undefined,
      () => rmSync(place.path, { recursive: true }),
      () => rmSync(join(place.path, 'a')),
      () => rmSync(place.admin, { recursive: true }),
      () => rmSync(place.index),
      () => writeFileSync(`${place.index}.lock`, ''),
      () => sandbox.git('update-ref', '-d', `refs/heads/${branchOf('t')}`),
      () => rmSync(join(place.path, '.git')),
    ];
    for (const crash of crashes) {
      await openT(sandbox, repository);
      const record = await readRecord(place.index);
      if (record === undefined) throw new Error('no record');
      await writeRecord({ ...record, state: 'creating' });
      crash();
      expect(await jobIn(sandbox, repository, 't').current()).toBeUndefined();
      const tree = await openT(sandbox, repository);
      expect(sandbox.gitIn(tree.path, 'status', '--porcelain=v2', '--branch')).toBe(
        `# branch.oid ${repository.head.commit}\n# branch.head orch/r1/t`,
      );
    }
  });

  it('gives back a worktree as the task left it', async () => {
    const sandbox = createSandbox({ a: 'a\n' });
    const repository = await sandbox.open();
    const first = await openT(sandbox, repository);
    sandbox.sh(first.path, 'echo work > w; git add w; git commit -qm w; echo more > m');
    const again = await openT(sandbox, repository);
    expect(readFileSync(join(again.path, 'm'), 'utf8')).toBe('more\n');
    const later = await jobIn(sandbox, repository, 't').current();
    expect((await later?.head())?.commit).toBe(sandbox.git('rev-parse', branchOf('t')));
    rmSync(placeWorktree(repository, branchOf('t'), sandbox.worktrees).admin, { recursive: true });
    const repaired = await openT(sandbox, repository);
    expect(sandbox.gitIn(repaired.path, 'symbolic-ref', 'HEAD')).toBe('refs/heads/orch/r1/t');
    expect(readFileSync(join(repaired.path, 'm'), 'utf8')).toBe('more\n');
  });

  it("refuses what is somebody else's", async () => {
    const sandbox = createSandbox({ a: 'a\n' });
    const repository = await sandbox.open();
    mkdirSync(join(sandbox.worktrees, 'r1/t/x'), { recursive: true });
    await expect(openT(sandbox, repository)).rejects.toThrow("is no worktree of orch's");
    rmSync(sandbox.worktrees, { recursive: true });
    sandbox.sh(sandbox.root, 'git commit -q --allow-empty -m x; git branch orch/r1/t; git reset -q --hard HEAD~');
    await expect(openT(sandbox, repository)).rejects.toThrow('the branch orch/r1/t exists already');
    const plan = () => Promise.resolve({ copies: [], links: [], warnings: [] });
    for (const branch of ['../up/x', 'orch/r1/a..b', '-x/y', 'alone', 'orch/r1/a b', 'orch//x']) {
      await expect(openWorktree(repository, { branch, start: repository.head.commit, plan })).rejects.toThrow(
        'cannot be the branch',
      );
    }
  });
});

describe('sweeping', () => {
  it('commits what is not committed, then removes, and keeps every branch', async () => {
    const sandbox = createSandbox({ a: 'a\n' });
    const repository = await sandbox.open();
    const start = repository.head.commit;
    const open = (leg: string) => jobIn(sandbox, repository, leg).open({ branch: branchOf(leg), start });
    const [clean, dirty, detached] = [await open('clean'), await open('dirty'), await open('detached')];
    sandbox.sh(
      dirty.path,
      'echo work > w; git add w; git commit -qm own; echo more > m; git update-index --skip-worktree a; echo hidden > a',
    );
    sandbox.sh(detached.path, 'git switch -q --detach; echo d > d; git add d; git commit -qm apart');
    const apart = sandbox.gitIn(detached.path, 'rev-parse', 'HEAD');

    const told = await sweepWorktrees(repository, { dryRun: true });
    expect(told.map(({ leg, removed }) => [leg, removed])).toEqual([
      ['clean', false],
      ['dirty', false],
      ['detached', false],
    ]);
    expect(told[1]?.bytes).toBeGreaterThan(10);
    expect(await sweepWorktrees(repository, { runs: (run) => run === 'other' })).toEqual([]);

    const swept = await sweepWorktrees(repository, { runs: (run) => run === 'r1' });
    expect(swept.map(({ leg, removed, saved }) => [leg, removed, saved !== undefined])).toEqual([
      ['clean', true, false],
      ['dirty', true, true],
      ['detached', true, true],
    ]);
    expect([clean, dirty, detached].some((tree) => existsSync(tree.path))).toBe(false);
    expect(sandbox.git('rev-parse', branchOf('clean'))).toBe(start);
    expect(sandbox.git('show', '--format=%s', '--name-only', branchOf('dirty'))).toBe(
      'wip: what dirty had not committed\n\na\nm',
    );
    expect(sandbox.git('merge-base', '--is-ancestor', apart, branchOf('detached'))).toBe('');
    expect(sandbox.git('worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(1);
    expect(await sweepWorktrees(repository)).toEqual([]);
  });

  it('keeps what it cannot save unless told otherwise', async () => {
    const sandbox = createSandbox({ a: 'a\n' });
    const repository = await sandbox.open();
    const tree = await openT(sandbox, repository);
    sandbox.sh(tree.path, 'git init -q inner; echo x > inner/x; echo y > y');
    const [kept] = await sweepWorktrees(repository);
    expect(kept).toMatchObject({ removed: false, problem: { code: 'unsafe-tree', details: ['inner'] } });
    expect(sandbox.git('show', `${branchOf('t')}:y`)).toBe('y');
    expect(existsSync(join(tree.path, 'inner/x'))).toBe(true);
    expect(await sweepWorktrees(repository, { force: true })).toMatchObject([{ removed: true }]);
    expect(existsSync(tree.path)).toBe(false);
  });

  it('clears half-made worktrees and those whose files are gone', async () => {
    const sandbox = createSandbox({ a: 'a\n' });
    const repository = await sandbox.open();
    const tree = await openT(sandbox, repository);
    rmSync(tree.path, { recursive: true });
    const half = await jobIn(sandbox, repository, 'half').open({
      branch: branchOf('half'),
      start: repository.head.commit,
    });
    const record = await readRecord(placeWorktree(repository, branchOf('half'), sandbox.worktrees).index);
    if (record !== undefined) await writeRecord({ ...record, state: 'creating' });
    expect((await sweepWorktrees(repository)).map(({ removed }) => removed)).toEqual([true, true]);
    expect(existsSync(half.path)).toBe(false);
    expect(existsSync(join(sandbox.root, '.git/worktrees'))).toBe(false);
  });
});
