import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findRoot } from './root.ts';

const top = realpathSync(mkdtempSync(join(tmpdir(), 'orch-root-')));
afterAll(() => rmSync(top, { recursive: true, force: true }));

it('finds the working tree around a directory, linked ones included', () => {
  mkdirSync(join(top, 'a/.git'), { recursive: true });
  mkdirSync(join(top, 'a/b/c'), { recursive: true });
  mkdirSync(join(top, 'a/linked/d'), { recursive: true });
  writeFileSync(join(top, 'a/linked/.git'), 'gitdir: elsewhere\n');
  expect(findRoot(join(top, 'a/b/c'))).toBe(join(top, 'a'));
  expect(findRoot(join(top, 'a'))).toBe(join(top, 'a'));
  expect(findRoot(join(top, 'a/linked/d'))).toBe(join(top, 'a/linked'));
  expect(findRoot('/')).toBeUndefined();
});
