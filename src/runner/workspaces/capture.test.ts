import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GitRepository } from './repository.ts';
import { branchOf, createSandbox, jobIn, type Sandbox } from './testing/sandbox.ts';
import type { LinkedWorktree } from './worktree.ts';

interface Scene {
  readonly sandbox: Sandbox;
  readonly repository: GitRepository;
  readonly tree: LinkedWorktree;
  /** Runs a command in the worktree, captures, and gives what was recorded as `mode path` and the problems. */
  after(command: string): Promise<{ entries: string[]; problems: { code: string; details: readonly string[] }[] }>;
}

async function stage(files: Record<string, string>, ...init: string[]): Promise<Scene> {
  const sandbox = createSandbox(files, ...init);
  const repository = await sandbox.open();
  const tree = await jobIn(sandbox, repository, 'api').open({ branch: branchOf('api'), start: repository.head.commit });
  return {
    sandbox,
    repository,
    tree,
    async after(command) {
      sandbox.sh(tree.path, command);
      const captured = await tree.capture();
      const listing = sandbox.git('ls-tree', '-r', '-z', captured.tree).split('\0');
      return {
        entries: listing.filter((line) => line !== '').map((line) => line.replace(/ .*?\t/, ' ')),
        problems: captured.problems.map(({ code, details = [] }) => ({ code, details })),
      };
    },
  };
}

/** Runs `work` where programs are looked for in `path` alone. */
async function withPath<T>(path: string, work: () => Promise<T>): Promise<T> {
  const before = process.env['PATH'];
  process.env['PATH'] = path;
  try {
    return await work();
  } finally {
    process.env['PATH'] = before;
  }
}

const UNSAFE = 'unsafe-tree';

describe('capturing', () => {
  it('records odd names as they are', async () => {
    const scene = await stage({ a: '' });
    const { entries, problems } = await scene.after(
      'touch -- "-dash" "two words" $\'new\\nline\' "ünï/" 2>/dev/null || true; mkdir -p ü; touch -- ü/ß ":(top)x" "!x" "#x" $\'caf\\xe9\' "a*b" ' +
        "'quo\"te'",
    );
    expect(problems).toEqual([]);
    expect(entries.toSorted()).toEqual(
      ['!x', '#x', '-dash', ':(top)x', 'a', 'a*b', 'caf\ufffd', 'new\nline', 'quo"te', 'two words', 'ü/ß']
        .map((name) => `100644 ${name}`)
        .toSorted(),
    );
    const changes = await scene.tree.changes(scene.repository.head.commit, (await scene.tree.capture()).tree);
    expect(changes.map((change) => change.path)).toContain('new\nline');
  });

  it.each([
    ['an absolute symlink', 'ln -s /etc/passwd l; echo ok > ok', ['l'], ['100644 a', '100644 d/b', '100644 ok']],
    [
      'a symlink above the root',
      'ln -s ../../x d/l; ln -s ../a d/fine',
      ['d/l'],
      ['100644 a', '100644 d/b', '120000 d/fine'],
    ],
    [
      'a symlink that climbs behind a name',
      'ln -s . p; ln -s p/q/../../x l',
      ['l'],
      ['100644 a', '100644 d/b', '120000 p'],
    ],
    ['a symlink into the git directory', 'ln -s .git/config l', ['l'], ['100644 a', '100644 d/b']],
    ['a file turned into an escaping symlink', 'rm a; ln -s /etc/passwd a', ['a'], ['100644 a', '100644 d/b']],
    [
      'an embedded repository',
      'git init -q sub; cd sub; echo x > x; git add x; git commit -qm x',
      ['sub'],
      ['100644 a', '100644 d/b'],
    ],
    [
      'an embedded repository without a commit',
      'git init -q sub; echo x > sub/x; echo ok > ok',
      ['sub'],
      ['100644 a', '100644 d/b', '100644 ok'],
    ],
    [
      'an embedded repository in a tracked directory',
      'git init -q d; echo new > d/new',
      ['d'],
      ['100644 a', '100644 d/b', '100644 d/new'],
    ],
    [
      'a tracked file turned into a pipe',
      'rm a; mkfifo a; echo ok > ok',
      ['a: can only add regular files, symbolic links or git-directories'],
      ['100644 a', '100644 d/b', '100644 ok'],
    ],
    [
      'a pipe for .gitignore',
      'mkfifo d/.gitignore .gitattributes; echo ok > d/ok',
      ['.gitattributes', 'd/.gitignore'],
      ['100644 a', '100644 d/b', '100644 d/ok'],
    ],
    [
      'an embedded repository whose HEAD is a pipe',
      'git init -q s; rm s/.git/HEAD; mkfifo s/.git/HEAD',
      ['s', 's/.git/HEAD'],
      ['100644 a', '100644 d/b'],
    ],
    ['another .git', 'rm .git; git init -q; echo ok > ok', ['.git'], ['100644 a', '100644 d/b', '100644 ok']],
    ['no .git', 'rm .git; echo ok > ok', ['.git'], ['100644 a', '100644 d/b', '100644 ok']],
  ])('refuses %s and records the rest', async (_, command, details, entries) => {
    const scene = await stage({ a: 'a\n', 'd/b': 'b\n' });
    const seen = await scene.after(command);
    expect(new Set(seen.problems.map((problem) => problem.code))).toEqual(new Set([UNSAFE]));
    expect(seen.problems.flatMap((problem) => problem.details).toSorted()).toEqual(details);
    expect(seen.entries).toEqual(entries);
  });

  it('takes no offence at what was there before, is ignored, or holds nothing', async () => {
    const sandbox = createSandbox({ a: '', '.gitignore': 'vendor/\n' });
    sandbox.sh(sandbox.root, 'ln -s /etc/hosts old; git add old; git commit -qm link');
    const repository = await sandbox.open();
    const tree = await jobIn(sandbox, repository, 'b').open({ branch: branchOf('b'), start: repository.head.commit });
    sandbox.sh(
      tree.path,
      'git init -q vendor/lib; git init -q vendor/b; rm vendor/b/.git/HEAD; mkfifo vendor/b/.git/HEAD; mkfifo pipe; mkdir -p x/.git; echo x > y',
    );
    const captured = await tree.capture();
    expect(captured.problems.map((problem) => problem.details)).toEqual([['vendor/b/.git/HEAD']]);
    expect(await tree.changes(repository.head.commit, captured.tree)).toEqual([
      { path: 'y', status: 'added', size: 2 },
    ]);
  });

  it('sees what the task told its own index to overlook', async () => {
    const scene = await stage({ a: '1\n', b: '1\n', c: '1\n' });
    const { entries } = await scene.after(
      'git update-index --skip-worktree a; git update-index --assume-unchanged b; echo 2 > a; echo 2 > b; rm c; git update-index --skip-worktree c || true',
    );
    expect(entries).toEqual(['100644 a', '100644 b']);
    const captured = await scene.tree.capture();
    expect(
      (await scene.tree.changes(scene.repository.head.commit, captured.tree)).map(
        ({ path, status }) => `${status} ${path}`,
      ),
    ).toEqual(['modified a', 'modified b', 'deleted c']);
  });

  it('follows the task in what it adds by force and stops tracking', async () => {
    const sandbox = createSandbox({ '.gitignore': 'dist/\n*.tmp\n', keep: '' });
    sandbox.sh(sandbox.root, 'mkdir dist; echo 1 > dist/old; git add -f dist/old; git commit -qm dist');
    const repository = await sandbox.open();
    const tree = await jobIn(sandbox, repository, 'b').open({ branch: branchOf('b'), start: repository.head.commit });
    sandbox.sh(
      tree.path,
      'echo x > dist/unwanted; echo x > a.tmp; git add -f a.tmp; git rm -q --cached dist/old; git commit -qm own; echo y > b.tmp; git add -f b.tmp',
    );
    const captured = await tree.capture();
    expect(
      (await tree.changes(repository.head.commit, captured.tree)).map(({ path, status }) => `${status} ${path}`),
    ).toEqual(['added a.tmp', 'added b.tmp', 'deleted dist/old']);
  });

  it('survives an index of the task that is nonsense', async () => {
    const scene = await stage({ a: '1\n' });
    const index = scene.sandbox.gitIn(scene.tree.path, 'rev-parse', '--git-path', 'index');
    writeFileSync(index, 'nonsense');
    expect(await scene.after('echo 2 > b')).toEqual({ entries: ['100644 a', '100644 b'], problems: [] });
    scene.sandbox.sh(scene.tree.path, `rm ${index}; mkfifo ${index}; echo 3 > c`);
    expect((await scene.after('true')).entries).toEqual(['100644 a', '100644 b', '100644 c']);
  });

  it('goes on after everything was deleted', async () => {
    const scene = await stage({ a: '1\n', 'd/b': '' });
    expect(await scene.after('rm -r a d')).toEqual({ entries: [], problems: [] });
  });

  it('converts line endings as the user has it', async () => {
    const sandbox = createSandbox({ a: 'one\ntwo\n', '.gitattributes': 'b text eol=lf\n' });
    sandbox.git('config', 'core.autocrlf', 'true');
    sandbox.git('config', 'core.safecrlf', 'true');
    const repository = await sandbox.open();
    const tree = await jobIn(sandbox, repository, 'api').open({
      branch: branchOf('api'),
      start: repository.head.commit,
    });
    expect(sandbox.sh(tree.path, 'od -c a | head -1')).toContain('\\r  \\n');
    sandbox.sh(tree.path, "printf 'x\\r\\n' > n; printf 'mixed\\r\\nlf\\n' > m; git status --porcelain > /dev/null");
    const { tree: id, problems } = await tree.capture();
    expect(problems).toEqual([]);
    expect((await tree.changes(repository.head.commit, id)).map((change) => change.path)).toEqual(['m', 'n']);
    expect(sandbox.git('cat-file', '-s', `${id}:n`)).toBe('2');
  });

  it('works in a sha256 repository', async () => {
    const scene = await stage({ a: '1\n' }, '--object-format=sha256');
    expect((await scene.after('echo 2 > b; git add b; git commit -qm own')).entries).toEqual(['100644 a', '100644 b']);
    const { tree: id } = await scene.tree.capture();
    const commit = await scene.tree.commit({ tree: id, parent: scene.repository.head.commit, message: 'x' });
    await scene.tree.setBranch(branchOf('api'), commit);
    expect(commit).toHaveLength(64);
    expect(scene.sandbox.git('rev-parse', branchOf('api'))).toBe(commit);
  });

  it('works in a shallow clone', async () => {
    const sandbox = createSandbox({ a: '1\n' });
    sandbox.git('commit', '-q', '--allow-empty', '-m', 'second');
    const clone = join(sandbox.home, 'clone');
    sandbox.git('clone', '-q', '--depth=1', `file://${sandbox.root}`, clone);
    const { openRepository } = await import('./repository.ts');
    const opened = await openRepository(clone);
    if (!opened.ok) throw new Error('not opened');
    const repository = opened.value;
    expect(repository).toMatchObject({ shallow: true, defaultBranch: 'main', remoteUrl: `file://${sandbox.root}` });
    const job = jobIn(sandbox, repository, 'api');
    const tree = await job.open({ branch: branchOf('api'), start: repository.head.commit });
    sandbox.sh(tree.path, 'echo 2 > a');
    const commit = await tree.commit({
      tree: (await tree.capture()).tree,
      parent: repository.head.commit,
      message: 'x',
    });
    expect(await job.isAncestor(repository.head.commit, commit)).toBe(true);
    expect(await tree.commits(repository.head.commit, commit, 5)).toHaveLength(1);
    await repository.dispose();
    expect(existsSync(repository.git.gitDir)).toBe(false);
  });

  it('never records a file under a filter that it does not run', async () => {
    const sandbox = createSandbox({
      '.gitattributes': '*.key filter=crypt\n*.bin filter=lfs\n',
      'a.key': 'stored\n',
      'b.bin': 'pointer\n',
    });
    // A machine may have git-lfs or not: here it has git alone.
    const bin = join(sandbox.home, 'bin');
    mkdirSync(bin);
    symlinkSync(execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim(), join(bin, 'git'));
    const repository = await withPath(bin, () => sandbox.open());
    const tree = await jobIn(sandbox, repository, 'api').open({
      branch: branchOf('api'),
      start: repository.head.commit,
    });
    expect(tree.warnings).toEqual([
      'git filter "crypt" is not run: its files stay as git stores them, and a task that changes one fails',
      'git-lfs is not installed: large files stay pointers',
    ]);
    sandbox.sh(tree.path, 'echo plain > a.key; echo big > b.bin; echo ok > c.txt; echo secret > d.key');
    const { tree: id, problems } = await tree.capture();
    expect(problems).toMatchObject([{ code: 'filter-unsupported', details: ['a.key', 'b.bin', 'd.key'] }]);
    expect((await tree.changes(repository.head.commit, id)).map((change) => change.path)).toEqual(['c.txt']);
  });

  it('runs git-lfs from the local store when it is there', async () => {
    const sandbox = createSandbox({ a: '' });
    const bin = join(sandbox.home, 'bin');
    mkdirSync(bin);
    // A stand-in with git-lfs's command line: what it stores is the text reversed.
    writeFileSync(join(bin, 'git-lfs'), '#!/bin/sh\ncase $1 in clean|smudge) rev;; *) exit 1;; esac\n', {
      mode: 0o755,
    });
    await withPath(`${bin}:${process.env['PATH']}`, async () => {
      sandbox.git('config', 'filter.lfs.clean', 'git-lfs clean -- %f');
      sandbox.git('config', 'filter.lfs.smudge', 'git-lfs smudge -- %f');
      sandbox.write('.gitattributes', '*.bin filter=lfs -text\n');
      sandbox.write('x.bin', 'abc\n');
      sandbox.sh(sandbox.root, `PATH=${bin}:$PATH; git add .; git commit -qm lfs`);
      expect(sandbox.git('cat-file', 'blob', 'HEAD:x.bin')).toBe('cba');
      const repository = await sandbox.open();
      const tree = await jobIn(sandbox, repository, 'api').open({
        branch: branchOf('api'),
        start: repository.head.commit,
      });
      expect(tree.warnings).toEqual([]);
      expect(sandbox.sh(tree.path, 'cat x.bin; echo xyz > y.bin')).toBe('abc');
      const { tree: id, problems } = await tree.capture();
      expect(problems).toEqual([]);
      expect(sandbox.git('cat-file', 'blob', `${id}:y.bin`)).toBe('zyx');
    });
  });
});
