/** Git in boxes of a real engine: what a task may do there, and what it may not reach from there. */
import { describe, expect, it } from 'vitest';
import type { Engine } from '../environments/docker/engine.ts';
import { findRealEngine, testExternals } from '../environments/docker/testing/real-engine.ts';
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
});
