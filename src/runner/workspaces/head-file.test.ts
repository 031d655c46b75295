import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRef } from './head-file.ts';
import { createSandbox, type Sandbox } from './testing/sandbox.ts';

describe('readRef', () => {
  it.each<readonly [string, (sandbox: Sandbox) => unknown, string, number]>([
    ['a loose ref', () => undefined, 'refs/heads/main', 0],
    ['a packed ref', (sandbox) => sandbox.git('pack-refs', '--all'), 'refs/heads/main', 0],
    [
      'a ref that is loose and packed, at another commit',
      (sandbox) => {
        sandbox.git('pack-refs', '--all');
        sandbox.git('commit', '-q', '--allow-empty', '-m', 'next');
      },
      'refs/heads/main',
      0,
    ],
    [
      'a packed lightweight tag',
      (sandbox) => sandbox.git('tag', 'light') + sandbox.git('pack-refs', '--all'),
      'refs/tags/light',
      0,
    ],
    [
      'a packed annotated tag, by asking git',
      (sandbox) => sandbox.git('tag', '-m', 'x', 'heavy') + sandbox.git('pack-refs', '--all'),
      'refs/tags/heavy',
      1,
    ],
    [
      'a ref that names another, by asking git',
      (sandbox) => sandbox.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main'),
      'refs/heads/alias',
      1,
    ],
    [
      'a symlink to a ref, by asking git',
      (sandbox) => symlinkSync('main', join(sandbox.root, '.git/refs/heads/link')),
      'refs/heads/link',
      1,
    ],
    [
      'a packed name that is not ASCII',
      (sandbox) => sandbox.git('branch', 'grün') + sandbox.git('pack-refs', '--all'),
      'refs/heads/grün',
      0,
    ],
  ])('finds %s', async (_, prepare, ref, processes) => {
    const sandbox = createSandbox();
    prepare(sandbox);
    const repository = await sandbox.open();
    const before = repository.git.processes();
    expect(await readRef(repository.git, repository.commonDir, ref)).toBe(sandbox.git('rev-parse', `${ref}^{commit}`));
    expect(repository.git.processes() - before).toBe(processes);
  });

  it.each<readonly [string, (sandbox: Sandbox) => unknown, string]>([
    ['a ref that is not there', () => undefined, 'refs/stash'],
    ['the end of a packed name', (sandbox) => sandbox.git('pack-refs', '--all'), 'heads/main'],
    [
      'a packed name that only begins so',
      (sandbox) =>
        sandbox.git('branch', 'main-2') +
        sandbox.git('pack-refs', '--all') +
        sandbox.git('switch', '-q', 'main-2') +
        sandbox.git('branch', '-D', 'main'),
      'refs/heads/main',
    ],
    ['a directory in its place', (sandbox) => mkdirSync(join(sandbox.root, '.git/refs/stash')), 'refs/stash'],
    [
      'rubbish in packed-refs',
      (sandbox) => writeFileSync(join(sandbox.root, '.git/packed-refs'), 'no id refs/stash\n'),
      'refs/stash',
    ],
    [
      'a packed-refs that is a directory',
      (sandbox) => {
        rmSync(join(sandbox.root, '.git/packed-refs'), { force: true });
        mkdirSync(join(sandbox.root, '.git/packed-refs'));
      },
      'refs/stash',
    ],
  ])('finds nothing for %s', async (_, damage, ref) => {
    const sandbox = createSandbox();
    const repository = await sandbox.open();
    damage(sandbox);
    expect(await readRef(repository.git, repository.commonDir, ref)).toBeUndefined();
  });
});
