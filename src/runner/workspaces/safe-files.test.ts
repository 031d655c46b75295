import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readRegular, removeTree } from './safe-files.ts';
import { temporaryDirectory } from './testing/sandbox.ts';

it('removes a tree with everything that can be in one, and follows nothing out of it', async () => {
  const root = temporaryDirectory();
  const outside = join(root, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'kept'), '');
  const script = [
    'mkdir -p tree/ro/deep/er tree/empty tree/closed tree/$(printf "caf\\\\351")',
    'echo x > tree/ro/deep/er/f; echo x > tree/closed/f; mkfifo tree/pipe; ln -s ../outside tree/link; ln -s nowhere tree/dangling',
    'chmod 555 tree/ro/deep/er tree/ro/deep tree/ro; chmod 000 tree/closed',
  ];
  execFileSync('bash', ['-ec', script.join('\n')], { cwd: root });
  await removeTree(join(root, 'tree'));
  expect(readdirSync(root)).toEqual(['outside']);
  expect(existsSync(join(outside, 'kept'))).toBe(true);
  await removeTree(join(root, 'tree'));
  symlinkSync('outside', join(root, 'link'));
  await removeTree(join(root, 'link'));
  await removeTree(join(root, 'outside/kept/below'));
  expect(readdirSync(root)).toEqual(['outside']);
});

it('removes what lies deeper than any path can say', async () => {
  const root = temporaryDirectory();
  const script =
    'for $name ("d" x 100, "e") { for (1 .. 120) { mkdir $name; chdir $name } open F, ">f"; chmod 0, "." }';
  mkdirSync(join(root, 'tree'));
  execFileSync('perl', ['-e', script], { cwd: join(root, 'tree') });
  await removeTree(join(root, 'tree'));
  expect(readdirSync(root)).toEqual([]);
});

it('reads plain files up to a limit and nothing else', async () => {
  const root = temporaryDirectory();
  writeFileSync(join(root, 'file'), '12345');
  symlinkSync('file', join(root, 'link'));
  execFileSync('mkfifo', [join(root, 'pipe')]);
  expect(String(await readRegular(join(root, 'file'), 5))).toBe('12345');
  const refused = await Promise.all([
    readRegular(join(root, 'file'), 4),
    ...['link', 'pipe', 'missing', '.', 'file/below'].map((name) => readRegular(join(root, name), 100)),
  ]);
  expect(refused).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
});
