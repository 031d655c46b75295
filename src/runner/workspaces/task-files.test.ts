import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hostPath } from '../../shared/brand.ts';
import type { Files } from '../../tasks/index.ts';
import { createTaskFiles } from './task-files.ts';

let root: string;
let files: Files;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'task-files-'));
  for (const name of ['temporary', 'checkout', 'tree']) mkdirSync(join(root, name));
  files = createTaskFiles({
    temporary: hostPath(join(root, 'temporary')),
    artifacts: hostPath(join(root, 'artifacts')),
    checkout: hostPath(join(root, 'checkout')),
  });
});
afterEach(() => rmSync(root, { recursive: true }));

it('reads regular files alone, and no further than asked', async () => {
  const path = (name: string) => hostPath(join(root, name));
  writeFileSync(path('a'), 'hello');
  symlinkSync(path('a'), path('link'));
  execFileSync('mkfifo', [path('pipe')]);
  expect(await files.read(path('a'), 100)).toBe('hello');
  expect(await files.read(path('a'), 3)).toBe('hel');
  expect(await files.read(path('link'), 100)).toBeUndefined();
  expect(await files.read(path('pipe'), 100)).toBeUndefined();
  expect(await files.read(path('none'), 100)).toBeUndefined();
  expect(await files.read(hostPath(root), 100)).toBeUndefined();
});

it('writes through no link', async () => {
  writeFileSync(join(root, 'victim'), 'safe');
  symlinkSync(join(root, 'victim'), join(root, 'link'));
  await expect(files.write(hostPath(join(root, 'link')), 'gone')).rejects.toThrow('ELOOP');
  expect(readFileSync(join(root, 'victim'), 'utf8')).toBe('safe');
});

it('copies an untracked prompt out of the checkout', async () => {
  writeFileSync(join(root, 'checkout', 'prompt.md'), 'do it');
  const copy = await files.fromCheckout('prompt.md');
  expect(readFileSync(copy ?? '', 'utf8')).toBe('do it');
  expect(await files.fromCheckout('none.md')).toBeUndefined();
});

it('keeps what matches, with its folders, and follows no link', async () => {
  const tree = join(root, 'tree');
  mkdirSync(join(tree, 'out', 'deep'), { recursive: true });
  mkdirSync(join(tree, '.git'));
  writeFileSync(join(tree, 'out', 'a.txt'), 'a');
  writeFileSync(join(tree, 'out', 'deep', 'b.txt'), 'bb');
  writeFileSync(join(tree, '.git', 'c.txt'), 'ccc');
  symlinkSync('/etc', join(tree, 'etc'));
  symlinkSync('/etc/hostname', join(tree, 'out', 'host.txt'));
  expect(await files.keepArtifacts(hostPath(tree), ['**/*.txt', 'etc/**'])).toEqual([
    { path: 'out/a.txt', bytes: 1 },
    { path: 'out/deep/b.txt', bytes: 2 },
  ]);
  expect(readFileSync(join(root, 'artifacts', 'out', 'deep', 'b.txt'), 'utf8')).toBe('bb');
  const kept = statSync(join(root, 'artifacts', 'out', 'deep', 'b.txt'));
  expect(kept.mode & 0o777).toBe(0o600);
  expect(existsSync(join(root, 'artifacts', 'etc'))).toBe(false);
});
