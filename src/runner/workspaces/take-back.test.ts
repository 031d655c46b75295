/** What a box leaves in its repository, played by git itself with the settings of whoever is in there. */
import { describe, expect, it } from 'vitest';
import { playBox } from './testing/box.ts';
import { branchOf, createSandbox, jobIn } from './testing/sandbox.ts';

describe('a repository of a box', () => {
  it('takes over what was committed in it', async () => {
    const sandbox = createSandbox({ 'a.txt': 'a\n' });
    const repository = await sandbox.open();
    const start = repository.head.commit;
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start });
    const box = await playBox(sandbox, tree);
    expect(box.sh('git status --porcelain --branch')).toBe(`## ${branchOf('t')}`);
    box.sh('echo b > b.txt; git add b.txt; git commit -qm one; echo c > c.txt; git stash -uq; git stash pop -q');
    const head = await tree.head();
    expect(head.branch).toBe(branchOf('t'));
    expect(sandbox.git('log', '--format=%an %s', `${start}..${branchOf('t')}`)).toBe('Ada one');
    expect(sandbox.git('rev-parse', branchOf('t'))).toBe(head.commit);
    sandbox.git('fsck', '--strict');
  });
});
