import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareFingerprints, createFingerprints } from './fingerprint.ts';
import { snapshotUncommitted } from './snapshot.ts';
import { branchOf, createSandbox, jobIn, type Sandbox } from './testing/sandbox.ts';

/** Everything of the main checkout that a run must leave as it was. */
function stateOf(sandbox: Sandbox): unknown {
  const index = readFileSync(join(sandbox.root, '.git/index')).toString('base64');
  const files = sandbox.sh(
    sandbox.root,
    'find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 stat -c "%n %Y %s"',
  );
  return {
    index,
    files,
    head: readFileSync(join(sandbox.root, '.git/HEAD'), 'utf8'),
    stash: sandbox.git('stash', 'list'),
  };
}

describe('a dirty main checkout', () => {
  const FILES = { 'a.txt': 'a\n', 'b.txt': 'b\n', 'gone.txt': 'g\n', '.gitignore': 'ignored\nlogs/\n' };

  function dirty(): Sandbox {
    const sandbox = createSandbox(FILES);
    sandbox.sh(
      sandbox.root,
      'echo s > a.txt; git stash -q; echo staged > a.txt; git add a.txt; echo unstaged > b.txt; rm gone.txt; mkdir -p n docs; echo u > n/untracked; echo i > ignored; echo r > docs/orchestrator-run-summary.md',
    );
    return sandbox;
  }

  it('stays as it is while tasks work, and they start from the commit', async () => {
    const sandbox = dirty();
    const before = stateOf(sandbox);
    const repository = await sandbox.open();
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
    expect(readFileSync(join(tree.path, 'a.txt'), 'utf8')).toBe('a\n');
    sandbox.sh(tree.path, 'echo t > a.txt; git commit -qam t');
    await tree.capture();
    await tree.reset(repository.head.commit);
    await tree.close({ keep: false });
    expect(stateOf(sandbox)).toEqual(before);
  });

  it('becomes a commit without being touched', async () => {
    const sandbox = dirty();
    const before = stateOf(sandbox);
    const repository = await sandbox.open();
    const snapshot = await snapshotUncommitted(repository, {
      exclude: ['logs', 'docs/orchestrator-run-summary.md'],
      message: 'snapshot',
    });
    if (!snapshot.ok) throw new Error(JSON.stringify(snapshot.error));
    expect(stateOf(sandbox)).toEqual(before);
    expect(snapshot.value.changed).toBe(4);
    expect(sandbox.git('diff', '--name-status', 'HEAD', snapshot.value.commit)).toBe(
      'M\ta.txt\nM\tb.txt\nD\tgone.txt\nA\tn/untracked',
    );
    expect(sandbox.git('rev-parse', `${snapshot.value.commit}^`)).toBe(repository.head.commit);
  });

  it('is HEAD when there is nothing to add', async () => {
    const sandbox = createSandbox(FILES);
    const repository = await sandbox.open();
    expect(await snapshotUncommitted(repository, { exclude: [], message: 'x' })).toEqual({
      ok: true,
      value: { commit: repository.head.commit, changed: 0 },
    });
  });

  it('cannot become a commit with an embedded repository', async () => {
    const sandbox = dirty();
    sandbox.sh(sandbox.root, 'git init -q inner; git init -q ignored2; echo ignored2 >> .git/info/exclude');
    const repository = await sandbox.open();
    const snapshot = await snapshotUncommitted(repository, { exclude: [], message: 'x' });
    expect(snapshot).toMatchObject({
      ok: false,
      error: [{ code: 'uncommitted-unsafe', message: expect.stringContaining(': inner') }],
    });
  });
});

describe('a fingerprint', () => {
  it.each([
    ['nothing', 'true', []],
    ['a look at the status', 'touch a.txt; git status -s', []],
    [
      'a filter',
      'git config filter.x.clean evil; git config user.name Eve',
      ['.git/config was changed: added filter.x.clean, user.name'],
    ],
    ['a removed setting', 'git config --unset core.bare', ['.git/config was changed: removed core.bare']],
    ['a broken configuration', 'echo "[x" >> .git/config', ['.git/config was changed: added (the file)']],
    [
      'a hook',
      'printf x > .git/hooks/pre-commit',
      ['files of the git directory were changed: added .git/hooks/pre-commit'],
    ],
    [
      'an attribute',
      'mkdir -p .git/info; echo "* filter=x" > .git/info/attributes',
      ['files of the git directory were changed: added .git/info/attributes'],
    ],
    ['the stash', 'echo y > a.txt; git stash -q', ['the stash was changed: all worktrees share it']],
    ['a commit', 'git commit -q --allow-empty -m x', ['HEAD of the main checkout moved: main at']],
    ['another branch', 'git switch -qc other', ['HEAD of the main checkout moved: main at']],
    [
      'a change of the same length at once',
      "printf 'b\\n' > a.txt",
      ['files of the main checkout were changed: added a.txt'],
    ],
    ['a new file', 'echo n > "new\nfile"', ['files of the main checkout were changed: added new?file']],
    [
      'a change to a changed file',
      'echo more >> dirty.txt',
      ['files of the main checkout were changed: changed dirty.txt'],
    ],
    ['a staged file', 'git add dirty.txt', ['files of the main checkout were changed: removed dirty.txt']],
    ["orch's own output", 'mkdir -p logs/x; echo l > logs/x/l', []],
    [
      'an index that is no file',
      'rm .git/index; mkfifo .git/index',
      ['files of the main checkout were changed: removed dirty.txt'],
    ],
  ])('tells of %s', async (_, command, said) => {
    const sandbox = createSandbox({ 'a.txt': 'a\n', 'dirty.txt': '' });
    sandbox.sh(sandbox.root, 'echo dirty > dirty.txt');
    const repository = await sandbox.open();
    const fingerprints = createFingerprints(repository, ['logs', 'docs/orchestrator-run-summary.md']);
    const before = await fingerprints.take();
    sandbox.sh(sandbox.root, command);
    const sentences = compareFingerprints(before, await fingerprints.take());
    for (const sentence of said) expect(sentences.join('\n')).toContain(sentence);
    if (said.length === 0) expect(sentences).toEqual([]);
  });

  it('is not changed by what worktrees of tasks do', async () => {
    const sandbox = createSandbox({ 'a.txt': 'a\n' });
    const repository = await sandbox.open();
    const fingerprints = createFingerprints(repository, []);
    const before = await fingerprints.take();
    const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
    sandbox.sh(tree.path, 'echo x > x; git add x; git commit -qm x; git switch -qc y');
    await tree.close({ keep: false });
    expect(compareFingerprints(before, await fingerprints.take())).toEqual([]);
  });

  it('shares a look among those who ask at once, and never answers with an older one', async () => {
    const sandbox = createSandbox({ 'a.txt': 'a\n' });
    const repository = await sandbox.open();
    const fingerprints = createFingerprints(repository, []);
    await fingerprints.take();
    const before = repository.git.processes();
    const first = fingerprints.take();
    appendFileSync(join(sandbox.root, 'a.txt'), 'changed');
    const later = await Promise.all(Array.from({ length: 10 }, () => fingerprints.take()));
    expect(new Set(later).size).toBe(1);
    expect(later[0]?.checkout.has('a.txt')).toBe(true);
    await first;
    // Reading the files takes one process a look, and nothing else takes any.
    expect(repository.git.processes() - before).toBe(2);
  });

  it('leaves the index alone even when it is out of date', async () => {
    const sandbox = createSandbox({ 'a.txt': 'a\n' });
    const repository = await sandbox.open();
    const index = join(sandbox.root, '.git/index');
    rmSync(join(sandbox.root, 'a.txt'));
    writeFileSync(join(sandbox.root, 'a.txt'), 'a\n');
    const before = statSync(index).mtimeMs;
    const fingerprints = createFingerprints(repository, []);
    await fingerprints.take();
    expect(statSync(index).mtimeMs).toBe(before);
  });
});
