import { describe, expect, it } from 'vitest';
import { isAncestor, mergeCommits } from './history.ts';
import { branchOf, createSandbox, jobIn, type Sandbox } from './testing/sandbox.ts';

function commitOn(sandbox: Sandbox, branch: string, command: string): string {
  sandbox.git('switch', '-q', '-C', branch, 'main');
  sandbox.sh(sandbox.root, `${command}\ngit add -A; git commit -qm ${branch}`);
  const commit = sandbox.git('rev-parse', 'HEAD');
  sandbox.git('switch', '-q', 'main');
  return commit;
}

describe('merging', () => {
  it('makes a commit of both sides', async () => {
    const sandbox = createSandbox({ a: '1\n', b: '1\n' });
    const ours = commitOn(sandbox, 'x', 'echo 2 > a');
    const theirs = commitOn(sandbox, 'y', 'echo 2 > b; echo 3 > c');
    const repository = await sandbox.open();
    const merged = await mergeCommits(repository, { ours, theirs, message: 'both' });
    if (!merged.ok) throw new Error('conflict');
    expect(sandbox.git('log', '-1', '--format=%P %s', merged.commit)).toBe(`${ours} ${theirs} both`);
    expect(sandbox.git('diff', '--name-only', 'main', merged.commit)).toBe('a\nb\nc');
    expect(await isAncestor(repository, ours, merged.commit)).toBe(true);
    expect(await isAncestor(repository, merged.commit, ours)).toBe(false);
  });

  it.each([
    ['the same line', 'echo 2 > a', 'echo 3 > a', ['a']],
    ['change and deletion', 'rm a; echo 2 > "new\nline"', 'echo 3 > a; echo 3 > "new\nline"', ['a', 'new\nline']],
    ['file and directory', 'mkdir d; echo x > d/x', 'echo file > d', ['d']],
    ['a symlink', 'ln -sf b a', 'echo 3 > a', ['a']],
  ])('names the paths that conflict: %s', async (_, left, right, conflicts) => {
    const sandbox = createSandbox({ a: '1\n', b: '1\n' });
    const ours = commitOn(sandbox, 'x', left);
    const theirs = commitOn(sandbox, 'y', right);
    const merged = await mergeCommits(await sandbox.open(), { ours, theirs, message: 'm' });
    if (merged.ok) throw new Error('no conflict');
    expect(merged.conflicts).toEqual(conflicts);
  });

  it('names submodules that both sides moved', async () => {
    const sandbox = createSandbox({ a: '' });
    const link = (id: string): string =>
      `git update-index --add --cacheinfo 160000,${id.repeat(40)},sub; git commit -qm l; git reset -q --hard; git rm -q --cached a; git reset -q`;
    const ours =
      (sandbox.git('switch', '-qc', 'x'), sandbox.sh(sandbox.root, link('1')), sandbox.git('rev-parse', 'x'));
    const theirs =
      (sandbox.git('switch', '-qc', 'y', 'main'), sandbox.sh(sandbox.root, link('2')), sandbox.git('rev-parse', 'y'));
    expect(await mergeCommits(await sandbox.open(), { ours, theirs, message: 'm' })).toEqual({
      ok: false,
      conflicts: ['sub'],
    });
  });
});

describe('branches', () => {
  it('cannot stand beside one of the same beginning, and the error says which', async () => {
    const sandbox = createSandbox();
    sandbox.git('branch', 'orch');
    const repository = await sandbox.open();
    const job = jobIn(sandbox, repository, 't');
    await expect(job.open({ branch: branchOf('t'), start: repository.head.commit })).rejects.toMatchObject({
      failure: {
        message: 'the branch orch/r1/t cannot be made: git cannot have it beside the branch orch',
        hint: 'rename it: git branch -m orch <new name>',
      },
    });
    sandbox.git('branch', '-m', 'orch', 'other');
    const tree = await job.open({ branch: branchOf('t'), start: repository.head.commit });
    await tree.setBranch('orch/r1/more', repository.head.commit);
    await expect(tree.setBranch('orch/r1/t/x', repository.head.commit)).rejects.toThrow('beside the branch orch/r1/t');
    await expect(tree.setBranch('bad..name', repository.head.commit)).rejects.toThrow('cannot be set');
  });

  it('move without hooks and keep a reflog', async () => {
    const sandbox = createSandbox();
    const repository = await sandbox.open();
    const start = repository.head.commit;
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start });
    const commit = await tree.commit({ tree: await tree.treeOf(start), parent: start, message: 'x' });
    sandbox.git('pack-refs', '--all');
    await tree.setBranch(branchOf('t'), commit);
    await tree.setBranch(branchOf('t'), commit);
    expect(sandbox.git('reflog', '--format=%H', branchOf('t'))).toBe(`${commit}\n${start}`);
  });
});
