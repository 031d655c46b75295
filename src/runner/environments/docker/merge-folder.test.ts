import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { mergeFolder } from './merge-folder.ts';

/** Two folders with these files; a text that begins with `->` is a link. */
function folders(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>) {
  const top = mkdtempSync(join(tmpdir(), 'orch-merge-'));
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  const fill = (name: string, files: Readonly<Record<string, string>>): string => {
    mkdirSync(join(top, name));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(top, name, path)), { recursive: true });
      if (text.startsWith('->')) symlinkSync(text.slice(2), join(top, name, path));
      else writeFileSync(join(top, name, path), text);
    }
    return join(top, name);
  };
  return { top, folder: fill('folder', before), fresh: fill('fresh', now) };
}

it('makes a folder what its copy is, and leaves what is the same where it is', () => {
  const { folder, fresh } = folders(
    {
      'same/a': '1',
      changed: 'old',
      gone: 'x',
      'gone-too/b': 'x',
      link: '->same',
      'was-folder/c': 'x',
      'was-file': 'x',
    },
    { 'same/a': '1', changed: 'new', link: '->changed', 'was-folder': 'x', 'was-file/d': 'x', 'added/e': 'x' },
  );
  const inode = (path: string) => lstatSync(join(folder, path)).ino;
  const before = ['', 'same', 'same/a'].map(inode);
  chmodSync(join(fresh, 'same'), 0o700);
  mergeFolder(fresh, folder, new Set());
  expect(new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }))).toEqual(
    new Set(['added', 'added/e', 'changed', 'link', 'same', 'same/a', 'was-file', 'was-file/d', 'was-folder']),
  );
  expect(readFileSync(join(folder, 'changed'), 'utf8')).toBe('new');
  expect(readlinkSync(join(folder, 'link'))).toBe('changed');
  expect(lstatSync(join(folder, 'same')).mode & 0o777).toBe(0o700);
  expect(['', 'same', 'same/a'].map(inode)).toEqual(before);
});

it('tells files of the same size and other bytes, or other rights, apart', () => {
  const { folder, fresh } = folders({ a: 'x'.repeat(3e6), run: 'x' }, { a: `${'x'.repeat(3e6 - 1)}y`, run: 'x' });
  chmodSync(join(fresh, 'run'), 0o755);
  mergeFolder(fresh, folder, new Set());
  expect(readFileSync(join(folder, 'a'), 'utf8').endsWith('y')).toBe(true);
  expect(lstatSync(join(folder, 'run')).mode & 0o777).toBe(0o755);
});

it('says nothing about what is kept, whatever the copy has there', () => {
  const { folder, fresh } = folders({ '.git': 'mine', 'sub/.git': 'mine', 'sub/x': 'x' }, { '.git': 'planted' });
  mergeFolder(fresh, folder, new Set(['.git']));
  expect(readFileSync(join(folder, '.git'), 'utf8')).toBe('mine');
  expect(readdirSync(folder)).toEqual(['.git']);
});

it('follows no link, of the copy or of the folder', () => {
  const { top, folder, fresh } = folders(
    { linked: '->../outside', kept: 'x' },
    { 'linked/file': 'from there', kept: '->../outside' },
  );
  mkdirSync(join(top, 'outside'));
  writeFileSync(join(top, 'outside/file'), 'as it was');
  mergeFolder(fresh, folder, new Set());
  expect(readFileSync(join(top, 'outside/file'), 'utf8')).toBe('as it was');
  expect(lstatSync(join(folder, 'linked')).isDirectory()).toBe(true);
  expect(readlinkSync(join(folder, 'kept'))).toBe('../outside');
});

it('empties a folder whose copy is gone', () => {
  const { folder } = folders({ a: 'x', 'b/c': 'x', kept: 'x' }, {});
  mergeFolder(undefined, folder, new Set(['kept']));
  expect(readdirSync(folder)).toEqual(['kept']);
});
