/** Large files: real git-lfs, its own store, and what a task adds to it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { createRepository, endings, orch } from './rig/index.ts';

const reason = spawnSync('git-lfs', ['version']).status === 0 ? undefined : 'git-lfs is not installed';

it('gives tasks the large files themselves, and commits pointers', async (context) => {
  if (reason !== undefined) context.skip(reason);
  const repo = createRepository({
    files: { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' },
    config: {
      tasks: [
        { name: 'one', command: 'test $(wc -c < a.bin) = 3000 && head -c 2000 /dev/zero > b.bin' },
        { name: 'two', depends_on: ['one'], command: 'cat a.bin b.bin > c.bin && test $(wc -c < c.bin) = 5000' },
      ],
    },
  });
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: repo.root, env: repo.env, encoding: 'utf8' });
  git('lfs', 'install', '--local');
  repo.write('a.bin', 'x'.repeat(3000));
  git('add', 'a.bin');
  git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '-qm', 'large');
  expect(git('cat-file', 'blob', 'HEAD:a.bin')).toContain('version https://git-lfs.github.com/spec/v1\n');

  const { exitCode, events, run = '' } = await orch(repo, ['run']);
  expect(endings(events)).toEqual({ one: 'success', two: 'success' });
  expect(exitCode).toBe(0);
  const pointer = git('cat-file', 'blob', `orch/${run}/two:c.bin`);
  expect(pointer).toContain('size 5000\n');
  // What the pointer names is in the store: the branch can be checked out, and pushed.
  git('checkout', '-q', `orch/${run}/two`);
  expect(repo.read('c.bin')).toBe(`${'x'.repeat(3000)}${'\0'.repeat(2000)}`);
});
