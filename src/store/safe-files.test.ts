import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostPath } from '../shared/brand.ts';
import { MachineError } from '../shared/failure.ts';
import { createFile, ensureDirectory, machineError, readSmallFile, removeFile, replaceFile } from './safe-files.ts';
import { temporaryDirectory } from './testing/temporary-layout.ts';

function failureOf(act: () => unknown): MachineError['failure'] {
  try {
    act();
  } catch (cause) {
    if (cause instanceof MachineError) return cause.failure;
    throw cause;
  }
  throw new Error('nothing was thrown');
}

it('makes folders, and finds those that are there', () => {
  const root = hostPath(temporaryDirectory());
  expect(ensureDirectory(root, 'logs/runs')).toBe(join(root, 'logs/runs'));
  expect(ensureDirectory(root, 'logs/runs')).toBe(join(root, 'logs/runs'));
});

it('returns the true path when the repository is reached through a symlink', () => {
  const outer = temporaryDirectory();
  mkdirSync(join(outer, 'real'));
  symlinkSync('real', join(outer, 'link'));
  const logs = ensureDirectory(hostPath(join(outer, 'link')), 'logs');
  expect(logs).toBe(join(outer, 'real', 'logs'));
  closeSync(createFile(hostPath(join(logs, 'x.log'))));
});

it.each([
  ['out of the repository', (root: string) => join(root, '..')],
  ['to the repository itself', () => '.'],
  ['into git', () => '.git'],
  ['below git', () => '.git/hooks'],
  ['nowhere', () => 'missing'],
  ['to itself', () => 'logs'],
])('refuses a logs/ that is a symlink %s', (_, target) => {
  const root = hostPath(temporaryDirectory());
  mkdirSync(join(root, '.git/hooks'), { recursive: true });
  symlinkSync(target(root), join(root, 'logs'));
  const failure = failureOf(() => ensureDirectory(root, 'logs/runs'));
  expect(failure.code).toBe('unsafe-tree');
  expect(failure.message).toMatch(/^logs is a symlink that (leaves the repository|leads nowhere)/);
  expect(readdirSync(join(root, '.git/hooks'))).toEqual([]);
});

it('follows a logs/ that is a symlink to another folder of the repository', () => {
  const root = hostPath(temporaryDirectory());
  mkdirSync(join(root, 'var/logs'), { recursive: true });
  symlinkSync('var/logs', join(root, 'logs'));
  expect(ensureDirectory(root, 'logs/runs')).toBe(join(root, 'var/logs/runs'));
});

it('says so when logs is a file', () => {
  const root = hostPath(temporaryDirectory());
  writeFileSync(join(root, 'logs'), '');
  expect(failureOf(() => ensureDirectory(root, 'logs/runs')).message).toBe(
    'logs is not a directory, and orch keeps its output there',
  );
});

it('creates no file where anything is, dangling symlinks included', () => {
  const root = temporaryDirectory();
  const outside = join(temporaryDirectory(), 'target');
  symlinkSync(outside, join(root, 'api.log'));
  writeFileSync(join(root, 'db.log'), 'precious');
  for (const name of ['api.log', 'db.log']) {
    expect(failureOf(() => createFile(hostPath(join(root, name)))).message).toContain('already there');
  }
  expect(existsSync(outside)).toBe(false);
  expect(readFileSync(join(root, 'db.log'), 'utf8')).toBe('precious');
});

it('notices a folder that became a symlink since it was made', () => {
  const root = hostPath(temporaryDirectory());
  const elsewhere = temporaryDirectory();
  const logs = ensureDirectory(root, 'logs');
  renameSync(logs, join(root, 'old'));
  symlinkSync(elsewhere, logs);
  expect(failureOf(() => createFile(hostPath(join(logs, 'x.log')))).code).toBe('unsafe-tree');
  expect(failureOf(() => replaceFile(hostPath(join(logs, 'x.log')), 'x')).code).toBe('unsafe-tree');
  expect(readdirSync(elsewhere)).toEqual([]);
});

it('replaces a symlink, not what it points to', () => {
  const root = temporaryDirectory();
  const outside = join(temporaryDirectory(), 'target');
  writeFileSync(outside, 'precious');
  const path = hostPath(join(root, 'summary.md'));
  symlinkSync(outside, path);
  replaceFile(path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(readFileSync(outside, 'utf8')).toBe('precious');
  expect(readdirSync(root)).toEqual(['summary.md']);
});

it('leaves nothing behind when a file cannot be replaced', () => {
  const root = temporaryDirectory();
  mkdirSync(join(root, 'summary.md'));
  expect(failureOf(() => replaceFile(hostPath(join(root, 'summary.md')), 'x')).message).toContain(
    'a directory is in the way',
  );
  expect(readdirSync(root)).toEqual(['summary.md']);
});

it('reads small regular files alone', () => {
  const root = temporaryDirectory();
  writeFileSync(join(root, 'file'), 'héllo');
  writeFileSync(join(root, 'large'), 'x'.repeat(101));
  symlinkSync('file', join(root, 'link'));
  execFileSync('mkfifo', [join(root, 'fifo')]);
  const read = (name: string) => readSmallFile(join(root, name), 100);
  expect(read('file')).toEqual({ text: 'héllo', modified: statSync(join(root, 'file')).mtimeMs });
  expect(read('missing')).toBeUndefined();
  const unread = { modified: expect.any(Number) };
  expect(['large', 'link', 'fifo', '.'].map(read)).toEqual([unread, unread, unread, unread]);
});

it('tells whether there was something to remove', () => {
  const path = join(temporaryDirectory(), 'x');
  writeFileSync(path, '');
  expect(removeFile(path)).toBe(true);
  expect(removeFile(path)).toBe(false);
});

it.each([
  ['ENOSPC', 'disk-full', 'cannot write it: no space is left on the disk'],
  ['EDQUOT', 'disk-full', 'cannot write it: the disk quota is used up'],
  ['EROFS', 'environment-lost', 'cannot write it: the file system is read-only'],
  ['EWHAT', 'environment-lost', 'cannot write it: EWHAT'],
])('turns %s into %s', (code, expected, message) => {
  const error = machineError('write it', Object.assign(new Error('system'), { code }));
  expect(error).toBeInstanceOf(MachineError);
  expect(error).toMatchObject({ message, failure: { code: expected, message } });
});

it('passes bugs on', () => {
  const bug = new TypeError('bug');
  expect(machineError('write it', bug)).toBe(bug);
});
