/** The repository of a box that is to know one change and no history, played by git itself. */
import { expect, it } from 'vitest';
import { playBox } from './testing/box.ts';
import { branchOf, createSandbox, jobIn } from './testing/sandbox.ts';

async function openChange(...init: string[]) {
  const sandbox = createSandbox({ 'a.txt': 'a\n', 'gone.txt': 'before\n' }, ...init);
  sandbox.sh(sandbox.root, 'rm gone.txt; echo base > a.txt; git add -A; git commit -qm base; git tag known');
  const start = sandbox.git('rev-parse', 'HEAD');
  sandbox.sh(
    sandbox.root,
    `git switch -qc own; echo draft > a.txt; git commit -qam 'the approver likes short answers'
     echo secret > notes.md; git add .; git commit -qm notes; rm notes.md; echo done > a.txt; git add -A; git commit -qm done`,
  );
  const repository = await sandbox.open();
  const job = jobIn(sandbox, repository, 't');
  const commit = await job.commit({ tree: sandbox.git('rev-parse', 'own^{tree}'), parent: start, message: 'change' });
  const tree = await job.open({ branch: branchOf('t'), start: commit });
  return { sandbox, start, commit, tree, box: await playBox(sandbox, tree, true) };
}

it.each([['sha1'], ['sha256']])(
  'has the two trees, and no way to what was between or before them (%s)',
  async (format) => {
    const { sandbox, start, commit, tree, box } = await openChange(`--object-format=${format}`);
    expect(box.sh('git log --format="%H %s"; git diff --stat HEAD~1 | tail -n 1; git status --porcelain')).toBe(
      `${commit} change\n${start} base\n 1 file changed, 1 insertion(+), 1 deletion(-)`,
    );
    expect(box.sh('git for-each-ref --format="%(refname)"; git fsck --strict')).toBe(`refs/heads/${branchOf('t')}`);
    const objects = box.sh(
      'git cat-file --batch-all-objects --batch-check="%(objecttype)" | sort | uniq -c | tr -s " "',
    );
    expect(objects).toBe('2 blob\n 2 commit\n 2 tree');
    const hidden = [
      sandbox.git('rev-parse', 'own'),
      sandbox.git('rev-parse', 'own~1:notes.md'),
      sandbox.git('rev-parse', `${start}~1`),
    ];
    for (const id of hidden) expect(box.sh(`git cat-file -e ${id} 2>&1 || echo unknown`)).toMatch(/unknown$/);
    box.sh('mkdir review; echo x > review/report.md; git add .; git commit -qm report');
    expect(await tree.head()).toEqual({ branch: branchOf('t'), commit: sandbox.git('rev-parse', branchOf('t')) });
    sandbox.git('fsck', '--strict');
  },
);
