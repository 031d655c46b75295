import { existsSync, readdirSync } from 'node:fs';
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

describe('merging by attributes', () => {
  const both = (attributes: Readonly<Record<string, string>>, command: (side: string) => string) => {
    const files = { 'a.txt': '1\n', 'd/b.txt': '1\n2\n3\n4\n5\n', ...attributes };
    const sandbox = createSandbox(files);
    const [ours, theirs] = [commitOn(sandbox, 'x', command('x')), commitOn(sandbox, 'y', command('y'))];
    return { sandbox, request: { ours, theirs, message: 'm' } };
  };
  const append = (side: string): string => `echo ${side} >> a.txt; echo ${side} >> d/b.txt`;
  const atBothEnds = (side: string): string => (side === 'x' ? 'sed -i 1s/1/x/ d/b.txt' : 'sed -i 5s/5/y/ d/b.txt');

  it.each([
    ['at the top', { '.gitattributes': '*.txt merge=union\n' }, []],
    ['in a folder', { 'd/.gitattributes': 'b.txt merge=union\n' }, ['a.txt']],
    ['by a macro', { '.gitattributes': '[attr]both merge=union\n*.txt both\n' }, []],
    [
      'taken back below',
      { '.gitattributes': '*.txt merge=union\n', 'd/.gitattributes': '*.txt !merge\n' },
      ['d/b.txt'],
    ],
    ['of a driver that nobody has', { '.gitattributes': '*.txt merge=mine\n' }, ['a.txt', 'd/b.txt']],
  ])('union: %s', async (_, attributes, conflicts) => {
    const { sandbox, request } = both(attributes, append);
    const merged = await mergeCommits(await sandbox.open(), request);
    expect(merged.ok ? [] : merged.conflicts).toEqual(conflicts);
    if (merged.ok) expect(sandbox.git('show', `${merged.commit}:a.txt`)).toBe('1\nx\ny');
  });

  it.each([
    ['-merge', 'd/b.txt -merge\n', ['d/b.txt']],
    ['binary', '*.txt binary\n', ['d/b.txt']],
    ['neither', '*.md binary\n', []],
  ])('a file is not merged line by line with %s', async (_, text, conflicts) => {
    const { sandbox, request } = both({ '.gitattributes': text }, atBothEnds);
    const merged = await mergeCommits(await sandbox.open(), request);
    expect(merged.ok ? [] : merged.conflicts).toEqual(conflicts);
  });

  it('starts no driver, writes nowhere else and leaves nothing, whatever the tree holds', async () => {
    const { sandbox, request } = both({ '.gitattributes': '*.txt merge=evil\n' }, append);
    const mark = `${sandbox.home}/ran`;
    sandbox.git('config', 'merge.evil.driver', `touch ${mark}; true`);
    // A tree by hand, whose attribute file would lie above the root.
    const blob = sandbox.git('rev-parse', `${request.ours}:.gitattributes`);
    const inner = sandbox.sh(sandbox.root, `printf '100644 blob ${blob}\\t.gitattributes\\n' | git mktree`).trim();
    const outer = sandbox
      .sh(sandbox.root, `{ git ls-tree ${request.ours}; printf '040000 tree ${inner}\\t..\\n'; } | git mktree`)
      .trim();
    const ours = sandbox.git('commit-tree', outer, '-p', request.ours, '-m', 'evil');
    const repository = await sandbox.open();
    const merged = await mergeCommits(repository, { ...request, ours });
    expect(merged.ok ? [] : merged.conflicts).toEqual(['a.txt', 'd/b.txt']);
    expect(readdirSync(repository.git.gitDir).filter((name) => /attributes-|^\.gitattributes$/.test(name))).toEqual([]);
    expect(existsSync(mark)).toBe(false);
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
