/** Git in boxes of a real engine: what a task may do there, and what it may not reach from there. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../environments/docker/engine.ts';
import { findRealEngine, testExternals } from '../environments/docker/testing/real-engine.ts';
import { sweepWorktrees } from './sweep.ts';
import { realBox } from './testing/real-box.ts';
import { branchOf, createSandbox, jobIn } from './testing/sandbox.ts';

const engine = await findRealEngine();

it('has an engine to be tried on', (context) => {
  if (typeof engine === 'string') context.skip(engine);
  expect(engine).toBeTypeOf('object');
});

describe.skipIf(typeof engine === 'string')('git in a box', async () => {
  const real = engine as Engine;
  const externals = typeof engine === 'string' ? undefined : await testExternals();

  async function open(files?: Readonly<Record<string, string>>) {
    if (externals === undefined) throw new Error('no engine');
    const sandbox = createSandbox(files);
    sandbox.git('tag', '-a', 'v1', '-m', 'v1');
    const repository = await sandbox.open();
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
    return { sandbox, repository, tree, box: realBox(real, externals, tree) };
  }

  it('works as anywhere, and its commits become those of the task', async () => {
    const { sandbox, repository, tree, box } = await open({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
    const out = await box.sh(`set -e
      git status --short --branch
      git describe; git log --format=%s; git branch --list | tr -d ' '
      echo one >> a.txt; git diff --stat | tail -n 1
      git commit -qam one
      echo two >> b.txt; git stash -q; git stash pop -q; git commit -qam two
      git switch -qc side HEAD~1; echo c > c.txt; git add .; git commit -qm side
      git switch -q -; git rebase -q side; git branch -qD side
      git status --short; git fsck --strict --no-dangling; git gc -q`);
    expect(out.split('\n')).toEqual([
      `## ${branchOf('t')}`,
      'v1',
      'first',
      'main',
      `*${branchOf('t')}`,
      ' 1 file changed, 1 insertion(+)',
      '0',
    ]);
    const head = await tree.head();
    expect(head).toEqual({ branch: branchOf('t'), commit: sandbox.git('rev-parse', branchOf('t')) });
    expect(sandbox.git('log', '--format=%an %s', `${repository.head.commit}..${head.commit}`).split('\n')).toEqual([
      'Ada two',
      'Ada side',
      'Ada one',
    ]);
    const { tree: files, problems } = await tree.capture();
    expect(problems).toEqual([]);
    expect(files).toBe(await tree.treeOf(head.commit));
    sandbox.git('fsck', '--strict');
  });
  it('runs nothing out here that was planted in there', async () => {
    const { sandbox, repository, tree, box } = await open({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
    const start = repository.head.commit;
    // Below /tmp, so that the command works in the box and, would it ever run, out here.
    const mark = `/tmp/orch-planted-${process.pid}-${Date.now()}`;
    const out = await box.sh(`cd /__o/git
      printf '#!/bin/sh\\ntouch ${mark}-hook\\n' > hooks/pre-commit; chmod +x hooks/pre-commit
      mkdir elsewhere; sed s/-hook/-hookspath/ hooks/pre-commit > elsewhere/post-commit; chmod +x elsewhere/post-commit
      for name in post-checkout reference-transaction post-merge post-index-change; do cp elsewhere/post-commit elsewhere/$name; done
      printf '[core]\\n\\tfsmonitor = "touch ${mark}-include; false"\\n' > included
      printf '* filter=evil diff=evil merge=evil\\n' > info/attributes
      git config core.fsmonitor 'touch ${mark}-fsmonitor; false'
      git config filter.evil.clean 'touch ${mark}-clean; cat'
      git config filter.evil.smudge 'touch ${mark}-smudge; cat'
      git config diff.evil.textconv 'touch ${mark}-textconv; cat'
      git config merge.evil.driver 'touch ${mark}-merge'
      printf '[alias]\\n\\tx = "!touch ${mark}-includeif"\\n' > included-if
      git config includeIf.gitdir:/.path included-if
      cd ${tree.path}
      echo one > a.txt; git commit -qam one
      git config core.hooksPath /__o/git/elsewhere; git config include.path included
      echo two > a.txt; git commit -qam two; git diff HEAD~1 > /dev/null; git checkout -q HEAD~1; git checkout -q -; git x
      ls ${mark}* | sed 's/.*-//' | sort | tr '\\n' ' '`);
    // All of it does work where it was planted.
    expect(out).toBe('clean fsmonitor hook hookspath include includeif smudge textconv 0');
    const head = await tree.head();
    const captured = await tree.capture();
    expect(captured.problems).toEqual([]);
    expect(captured.remarks).toEqual([
      {
        code: 'git-settings-ignored',
        message:
          'set up for git in the sandbox, without effect outside of it: core.fsmonitor, core.hookspath, diff.evil.textconv, filter.evil.clean, filter.evil.smudge, hooks/pre-commit, include.path, includeif.gitdir:/.path, info/attributes, merge.evil.driver',
      },
    ]);
    const commit = await tree.commit({ tree: captured.tree, parent: head.commit, message: 'rest' });
    const merged = await jobIn(sandbox, repository, 'm').merge({ ours: commit, theirs: start, message: 'merge' });
    expect(merged.ok).toBe(true);
    await tree.reset(head.commit);
    await tree.close({ keep: true });
    expect(readdirSync('/tmp').filter((name) => `/tmp/${name}`.startsWith(mark))).toEqual([]);
    expect(sandbox.git('status', '--porcelain')).toBe('');
    expect(sandbox.git('show', `${branchOf('t')}:a.txt`)).toBe('two');
  });

  it('has no way to what is not its own', async () => {
    const { sandbox, tree, box } = await open();
    const other = createSandbox({ 'secret.txt': 'secret\n' });
    const blob = other.git('rev-parse', 'HEAD:secret.txt');
    const attempts: readonly (readonly [string, string])[] = [
      ["the host's git directory", `ls ${sandbox.root}/.git || ls ${tree.path}/../../../repo`],
      ['the pointer', `echo 'gitdir: ${other.root}/.git' > .git`],
      ['the pointer by its rights', 'chmod 666 .git'],
      ['the pointer by its name', 'mv .git gone || rm -f .git'],
      ['the pointer by a link', `ln -sfn ${other.root}/.git .git`],
      ['the objects', 'touch /__o/objects/0/x'],
      ['an object', 'f=$(ls -d /__o/objects/0/??/* | head -n 1); chmod u+w $f || rm -f $f; test -w $f'],
      [
        'the objects of another repository',
        `echo ${other.root}/.git/objects >> /__o/git/objects/info/alternates; git cat-file -e ${blob}`,
      ],
      ['branches of the host', 'git push -q /__o/objects/.. HEAD:main'],
      ['what tells how it began', 'ls /__o/begin.json /__o/git/../begin.json'],
    ];
    const script = attempts.map(([, attempt]) => `(${attempt}) > /tmp/said 2>&1; echo $?`).join('\n');
    const ends = (await box.sh(script)).split('\n');
    expect(ends).toHaveLength(attempts.length + 1);
    expect(attempts.filter((_, at) => ends[at] === '0' || ends[at] === '127')).toEqual([]);
    await tree.head();
    const { problems, remarks } = await tree.capture();
    expect(problems).toEqual([]);
    expect(remarks?.[0]?.message).toContain('objects/info/alternates');
  });

  it('is told of what leads out of the tree, and of names that nobody would read', async () => {
    const { sandbox, repository, tree, box } = await open({ 'a.txt': 'a\n', '.gitattributes': '' });
    const out = await box.sh(`ln -s /etc/passwd passwd; ln -s ../../../repo up
      mkdir sub; echo 'gitdir: /__o/git' > sub/.git
      mkdir own; git -C own init -q 2>/dev/null; GIT_DIR=own/.git git init -q
      echo x > $'a\\nb\\e[2J'; echo evil > evil.bin
      echo '*.bin filter=evil' > .gitattributes`);
    expect(out).toBe('0');
    await tree.head();
    const captured = await tree.capture();
    const told = captured.problems.map(({ message, details = [] }) => [message, ...details.toSorted()].join(' '));
    expect(told).toEqual([
      'the working tree holds repositories inside the working tree own sub',
      'the working tree holds symlinks that lead out of the working tree passwd up',
      'evil.bin is under a git filter that orch does not run evil.bin',
    ]);
    const commit = await tree.commit({ tree: captured.tree, parent: repository.head.commit, message: 'x' });
    expect(sandbox.git('ls-tree', '--name-only', '-z', commit).split('\0')).toEqual([
      '.gitattributes',
      'a\nb\u001b[2J',
      'a.txt',
      '',
    ]);
  });

  it('leaves what cannot be taken over where it is, and says so', async () => {
    const { sandbox, repository, tree, box } = await open();
    await box.sh(`echo mine > mine.txt
      entry() { printf '100644 %s\\0' .git; git rev-parse HEAD:a.txt | perl -ne 'chomp; print pack("H*", $_)'; }
      git update-ref HEAD $(git commit-tree -m x -p HEAD $(entry | git hash-object -t tree -w --stdin --literally))`);
    expect(await tree.head()).toEqual({ commit: repository.head.commit, branch: branchOf('t') });
    const { problems } = await tree.capture();
    expect(problems[0]?.message).toMatch(/^the commits made in the sandbox cannot be taken over: .*hasDotgit/);
    await tree.close({ keep: true });
    expect(problems[0]?.hint).toContain(`stays in ${sandbox.root}/.git/orch/worktrees/r1/t.box/git`);
    const [swept] = await sweepWorktrees(repository);
    expect(swept).toMatchObject({ removed: false, problem: { code: 'unsafe-tree' } });
    expect(sandbox.git('show', `${branchOf('t')}:mine.txt`)).toBe('mine');
    expect(await sweepWorktrees(repository, { force: true })).toMatchObject([{ removed: true }]);
    expect(existsSync(join(sandbox.root, '.git/orch/worktrees/r1'))).toBe(false);
  });
  it('knows submodules', async () => {
    if (externals === undefined) throw new Error('no engine');
    const sandbox = createSandbox();
    sandbox.sh(sandbox.home, 'git init -q -b main lib; cd lib; echo one > lib.txt; git add .; git commit -qm lib');
    sandbox.git('submodule', '--quiet', 'add', `${sandbox.home}/lib`, 'deps/lib');
    sandbox.git('commit', '-qm', 'submodule');
    const repository = await sandbox.open();
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
    const out = await realBox(real, externals, tree).sh(`set -e
      git status --porcelain; git submodule status | cut -c1,43-50
      cd deps/lib; echo two > lib.txt; git commit -qam two; cd ../..
      git status --porcelain; git commit -qam 'with two'; git status --porcelain`);
    expect(out.split('\n')).toEqual([' deps/lib', ' M deps/lib', '0']);
    const head = await tree.head();
    const { tree: id, problems } = await tree.capture();
    expect(problems).toEqual([]);
    expect(await tree.treeOf(head.commit)).toBe(id);
    await tree.close({ keep: false });
    sandbox.git('switch', '-q', branchOf('t'));
    sandbox.git('submodule', '--quiet', 'update', '--no-fetch');
    expect(sandbox.gitIn(`${sandbox.root}/deps/lib`, 'log', '--format=%s')).toBe('two\nlib');
  });
});
