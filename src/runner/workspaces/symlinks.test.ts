import { expect, it } from 'vitest';
import { leadsOut } from './symlinks.ts';

it.each([
  ['l', 'a', false],
  ['l', './d/../a', true],
  ['d/l', '../a', false],
  ['d/l', '..', false],
  ['d/l', '../..', true],
  ['d/e/l', '../../a/b', false],
  ['d/e/l', '.././../../a', true],
  ['l', '/etc/passwd', true],
  ['l', 'C:\\windows', true],
  ['l', '', true],
  ['l', '.git', true],
  ['d/l', '../.GIT/config', true],
  ['l', '.github', false],
  ['l', 'a/...', false],
])('a symlink %j to %j leads out: %s', (path, target, out) => {
  expect(leadsOut(path, target)).toBe(out);
});
