import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostPath } from '../shared/brand.ts';
import { MachineError } from '../shared/failure.ts';
import { addFile, addToGitignore } from './project-files.ts';
import { temporaryDirectory } from './testing/temporary-layout.ts';

const WANTED = ['/logs/', '/docs/summary.md'];

it('makes a file and its folders once, and leaves it alone from then on', () => {
  const root = hostPath(temporaryDirectory());
  expect(addFile(root, 'a/b/c.txt', 'first')).toBe('written');
  expect(addFile(root, 'a/b/c.txt', 'second')).toBe('there');
  expect(addFile(root, 'top.txt', 'top')).toBe('written');
  expect(readFileSync(join(root, 'a/b/c.txt'), 'utf8')).toBe('first');
});

it('leaves whatever has the name alone, symlinks that lead nowhere included', () => {
  const root = hostPath(temporaryDirectory());
  symlinkSync('/nowhere/at/all', join(root, 'link'));
  mkdirSync(join(root, 'folder'));
  expect(addFile(root, 'link', 'x')).toBe('there');
  expect(addFile(root, 'folder', 'x')).toBe('there');
});

it('does not write through a folder that leaves the repository', () => {
  const root = hostPath(temporaryDirectory());
  const outside = temporaryDirectory();
  symlinkSync(outside, join(root, 'docs'));
  expect(() => addFile(root, 'docs/tasks/x.md', 'x')).toThrow(MachineError);
  expect(existsSync(join(outside, 'tasks'))).toBe(false);
});

it.each<[string, string | undefined, readonly string[], string]>([
  ['none there', undefined, WANTED, '/logs/\n/docs/summary.md\n'],
  ['an empty one', '', WANTED, '/logs/\n/docs/summary.md\n'],
  ['one without a last line end', 'dist', WANTED, 'dist\n/logs/\n/docs/summary.md\n'],
  ['one with a part of it', 'logs\ndist\n', ['/docs/summary.md'], 'logs\ndist\n/docs/summary.md\n'],
  ['one with all of it', 'logs/\n docs/summary.md \n', [], 'logs/\n docs/summary.md \n'],
  ['one from Windows', 'dist\r\n/logs/\r\n', ['/docs/summary.md'], 'dist\r\n/logs/\r\n/docs/summary.md\r\n'],
  ['one that wants the logs', '!/logs/\n', WANTED, '!/logs/\n/logs/\n/docs/summary.md\n'],
])('adds what is missing to a .gitignore: %s', (_, before, added, after) => {
  const root = hostPath(temporaryDirectory());
  const path = join(root, '.gitignore');
  if (before !== undefined) writeFileSync(path, before);
  expect(addToGitignore(root, WANTED)).toEqual({ ok: true, added });
  expect(readFileSync(path, 'utf8')).toBe(after);
});

it('does not add to a .gitignore that is a symlink', () => {
  const root = hostPath(temporaryDirectory());
  const target = join(temporaryDirectory(), 'target');
  writeFileSync(target, 'mine\n');
  symlinkSync(target, join(root, '.gitignore'));
  expect(addToGitignore(root, WANTED)).toMatchObject({ ok: false });
  expect(readFileSync(target, 'utf8')).toBe('mine\n');
});
