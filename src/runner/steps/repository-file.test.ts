import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { hostPath } from '../../shared/brand.ts';
import { createRepositoryFiles } from './repository-file.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'orch-place-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content = ''): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

const remote = (url: string): string => `[remote "origin"]\n\turl = ${url}\n`;
write('https/.git/config', remote('https://github.com/O/r'));
write('https/src/deep/a.ts');
write('dotgit/.git/config', remote('https://github.com/o/r.git'));
write('dotgit/a.ts');
write('ssh/.git/config', remote('git@github.com:o/r.git'));
write('ssh/a.ts');
write('other/.git/config', remote('https://github.com/o/other'));
write('other/a.ts');
write('https/vendor/x/.git/config', remote('https://github.com/x/x'));
write('https/vendor/x/a.ts');
write('none/a.ts');
write('work/.git/config', '');
write('work/src/a.ts');

const locate = createRepositoryFiles({
  checkout: hostPath(join(root, 'work')),
  serverUrl: 'https://github.com',
  repository: 'o/r',
});

// 3.9: a file counts when it is there and lies in a checkout of this repository.
it.each([
  ['https/src/deep/a.ts', 'src/deep/a.ts'],
  ['dotgit/a.ts', 'a.ts'],
  ['ssh/a.ts', 'a.ts'],
  ['work/src/a.ts', 'src/a.ts'],
])('%s is %s', (path, file) => {
  expect(locate(join(root, path))).toEqual({ file });
});

it.each([
  ['other/a.ts', 'Path is not under the workflow repo.'],
  ['https/vendor/x/a.ts', 'Path is not under the workflow repo.'],
  ['none/a.ts', 'Path is not under the workflow repo.'],
  ['https/nothing.ts', 'Path does not exist'],
  ['https/src', 'Path does not exist'],
  ['https/src/a\0', 'Path does not exist'],
])('%s is dropped', (path, why) => {
  expect(locate(join(root, path))).toEqual({ dropped: `Dropping file value '${join(root, path)}'. ${why}` });
});
