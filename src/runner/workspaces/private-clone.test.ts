import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hostPath } from '../../shared/brand.ts';
import { MachineError } from '../../shared/failure.ts';
import { makeSelfContained, openPrivateClones } from './private-clone.ts';
import { openRepository } from './repository.ts';
import { snapshotUncommitted } from './snapshot.ts';
import { createSandbox, type Sandbox } from './testing/sandbox.ts';

const ORIGIN = 'https://github.com/octo/cat.git';

async function cloneOf(sandbox: Sandbox, { ref = 'refs/heads/main', commit = '' } = {}) {
  const repository = await sandbox.open();
  const directory = hostPath(join(sandbox.home, 'work', 'cat', 'cat'));
  const clone = await openPrivateClones(repository)({
    commit: commit || repository.head.commit,
    ref,
    directory,
    origin: ORIGIN,
  });
  return { clone, directory, repository };
}

describe('a private clone', () => {
  test('stands on the branch that runs, clean, with origin as it is called on GitHub', async () => {
    const sandbox = createSandbox({ 'a.txt': 'a\n', 'dir/run.sh': '#!/bin/sh\n' });
    const { directory } = await cloneOf(sandbox);
    const git = (...args: string[]) => sandbox.gitIn(directory, ...args);
    expect(git('status', '--porcelain=v2', '--branch')).toContain('# branch.upstream origin/main\n# branch.ab +0 -0');
    expect(git('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    expect(git('remote', 'get-url', 'origin')).toBe(ORIGIN);
    expect(git('log', '--format=%s')).toBe('first');
    expect(readFileSync(join(directory, 'dir/run.sh'), 'utf8')).toBe('#!/bin/sh\n');
    expect(git('fsck', '--connectivity-only')).toBe('');
  });

  test('publishes nothing by a plain push, and pushes where an address of its own says', async () => {
    const sandbox = createSandbox({ 'a.txt': 'a\n' });
    const { directory } = await cloneOf(sandbox);
    const git = (...args: string[]) => sandbox.gitIn(directory, ...args);
    expect(() => git('push')).toThrow(/orch-does-not-push/);
    sandbox.sh(directory, 'git init -q --bare ../mirror && git push -q ../mirror main');
    expect(sandbox.gitIn(`${directory}/../mirror`, 'log', '--format=%s', 'main')).toBe('first');
  });

  test('made self-contained, it needs nothing of the repository, nor any folder that is empty', async () => {
    const sandbox = createSandbox({ 'a.txt': 'a\n' });
    sandbox.git('tag', '-am', 'one', 'v1');
    const { directory } = await cloneOf(sandbox);
    const opened = await openRepository(directory);
    if (!opened.ok) throw new Error('the clone is no repository');
    await makeSelfContained(opened.value);
    await opened.value.dispose();
    sandbox.sh(directory, 'find . -type d -empty -delete');
    const git = (...args: string[]) => sandbox.gitIn(directory, ...args);
    expect(git('status', '--porcelain')).toBe('');
    expect(git('fsck', '--full')).toBe('');
    expect(git('log', '--format=%s %D', '--decorate=short')).toContain('first HEAD -> main, tag: v1');
    expect(git('count-objects', '-v')).not.toContain('alternate');
  });

  test('keeps everything that a job does to itself', async () => {
    const sandbox = createSandbox();
    sandbox.git('tag', 'v1');
    const look = () => [
      sandbox.git('for-each-ref'),
      sandbox.git('count-objects', '-v'),
      readFileSync(join(sandbox.root, '.git/config'), 'utf8'),
      sandbox.git('status', '--porcelain'),
    ];
    const before = look();
    const { directory } = await cloneOf(sandbox);
    sandbox.sh(
      directory,
      `git config user.name Bot; git config user.email bot@example.org; git config http.extraheader secret
       git tag -d v1; git tag v2; git branch other; echo new > a.txt; git commit -qam change; git stash list
       printf '#!/bin/sh\nexit 1\n' > .git/hooks/pre-commit; git gc -q --prune=now; git reflog expire --all --expire=now`,
    );
    expect(look()).toEqual(before);
    expect(sandbox.gitIn(directory, 'log', '--format=%s')).toBe('change\nfirst');
  });

  test.each([
    ['refs/tags/v1', 'refs/tags/v1'],
    ['refs/pull/7/merge', 'refs/remotes/pull/7/merge'],
  ])('of %s has a detached HEAD and %s', async (ref, there) => {
    const sandbox = createSandbox();
    sandbox.git('tag', '-a', '-m', 'one', 'v1');
    const { directory, repository } = await cloneOf(sandbox, { ref });
    const git = (...args: string[]) => sandbox.gitIn(directory, ...args);
    expect(readFileSync(join(directory, '.git/HEAD'), 'utf8')).toBe(`${repository.head.commit}\n`);
    expect(git('rev-parse', `${there}^{commit}`)).toBe(repository.head.commit);
    expect(git('describe', '--tags')).toBe('v1');
    expect(git('for-each-ref', '--format=%(refname)', 'refs/heads')).toBe('');
  });

  test('holds uncommitted work when its commit is a snapshot, and is clean', async () => {
    const sandbox = createSandbox({ 'a.txt': 'a\n', '.gitignore': 'ignored\n' });
    for (const [path, content] of Object.entries({ 'a.txt': 'changed\n', 'new.txt': 'new\n', ignored: 'x\n' }))
      sandbox.write(path, content);
    const taken = await snapshotUncommitted(await sandbox.open(), { exclude: [], message: 'snapshot' });
    if (!taken.ok) throw new Error(JSON.stringify(taken.error));
    const { directory } = await cloneOf(sandbox, { commit: taken.value.commit });
    expect(sandbox.gitIn(directory, 'status', '--porcelain')).toBe('');
    expect(sandbox.sh(directory, 'cat a.txt new.txt; ls ignored 2>/dev/null || echo none')).toBe('changed\nnew\nnone');
    expect(sandbox.gitIn(directory, 'rev-list', '--count', 'HEAD')).toBe('2');
  });

  test('does not inherit what the user has git do', async () => {
    const sandbox = createSandbox({ 'a.txt': 'a\n' });
    sandbox.git('config', 'core.autocrlf', 'true');
    sandbox.git('config', 'core.hooksPath', '/nowhere');
    writeFileSync(join(sandbox.root, '.git/hooks/post-checkout'), '#!/bin/sh\ntouch ran\n', { mode: 0o755 });
    const { directory } = await cloneOf(sandbox);
    expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe('a\n');
    expect(sandbox.sh(directory, 'ls; git config --local --get core.hooksPath || echo unset')).toBe('a.txt\nunset');
  });

  test('of one run have the tags that were there when the first was made, and a failure is not kept', async () => {
    const sandbox = createSandbox();
    sandbox.git('tag', 'v1');
    const repository = await sandbox.open();
    const clone = openPrivateClones(repository);
    const tags = async (name: string): Promise<string> => {
      const directory = hostPath(join(sandbox.home, name));
      await clone({ commit: repository.head.commit, ref: 'refs/heads/main', directory });
      return sandbox.gitIn(directory, 'tag');
    };
    writeFileSync(join(sandbox.home, 'taken'), '');
    await expect(tags('taken')).rejects.toThrow(MachineError);
    expect(await tags('first')).toBe('v1');
    sandbox.git('tag', 'v2');
    expect(await tags('second')).toBe('v1');
  });

  test('goes whole, read-only directories included', async () => {
    const sandbox = createSandbox();
    const { clone, directory } = await cloneOf(sandbox);
    mkdirSync(join(directory, 'cache/mod'), { recursive: true });
    writeFileSync(join(directory, 'cache/mod/file'), '');
    chmodSync(join(directory, 'cache/mod'), 0o500);
    await clone.dispose();
    expect(sandbox.sh(sandbox.home, 'ls work/cat')).toBe('');
  });

  test('of a repository with sha256 and a shallow history', async () => {
    const sandbox = createSandbox({ 'a.txt': 'a\n' }, '--object-format=sha256');
    const { directory } = await cloneOf(sandbox);
    expect(sandbox.gitIn(directory, 'rev-parse', 'HEAD')).toHaveLength(64);
    const source = createSandbox();
    source.write('a.txt', 'b\n');
    source.git('commit', '-qam', 'second');
    const shallow = join(source.home, 'shallow');
    source.gitIn(source.home, 'clone', '-q', '--depth=1', `file://${source.root}`, shallow);
    const { directory: second } = await cloneOf({ ...source, open: () => opened(shallow) });
    expect(source.gitIn(second, 'log', '--format=%s')).toBe('second');
  });
});

async function opened(path: string) {
  const result = await openRepository(path);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}
