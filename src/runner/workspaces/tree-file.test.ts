import { expect, it } from 'vitest';
import { createSandbox } from './testing/sandbox.ts';
import { digestDiff } from './tree-diff.ts';
import { readTreeFile, replaceTreeFile, type TreeFile } from './tree-file.ts';

it('reads a regular file of a tree, and follows nothing', async () => {
  const sandbox = createSandbox({
    'a.md': 'one\n',
    'd/b c*.md': 'two',
    ':x': 'three',
    'big.md': '12345',
    'ü.md': 'four',
  });
  sandbox.sh(sandbox.root, 'ln -s /etc/hostname link; ln -s d away; git add -A; git commit -qm links');
  const commit = sandbox.git('rev-parse', 'HEAD');
  sandbox.sh(sandbox.root, `git update-index --add --cacheinfo 160000,${commit},module; git commit -qm module`);
  sandbox.write('a.md', 'changed since');
  sandbox.write('new.md', 'not in the tree');
  const { git } = await sandbox.open();
  const head = sandbox.git('rev-parse', 'HEAD');
  const told = async (path: string, tree = head): Promise<string> => {
    const read: TreeFile = await readTreeFile(git, tree, { path, limit: 4 });
    if (read.kind === 'file') return `file ${new TextDecoder().decode(read.bytes)}`;
    return read.kind === 'too-large' ? `too-large ${read.size}` : read.kind;
  };
  expect(await told('a.md')).toBe('file one\n');
  expect(await told('a.md', sandbox.git('rev-parse', 'HEAD^{tree}'))).toBe('file one\n');
  expect(await told('d/b c*.md')).toBe('file two');
  expect(await told('ü.md')).toBe('file four');
  expect(await told('big.md')).toBe('too-large 5');
  for (const path of ['link', 'away/b c*.md', 'away/none']) expect([path, await told(path)]).toEqual([path, 'link']);
  for (const path of ['d', 'module']) expect([path, await told(path)]).toEqual([path, 'not-file']);
  const absent = [
    'new.md',
    'd/b*',
    'D/b c*.md',
    'a.md/x',
    'd/',
    '/a.md',
    '../a.md',
    './a.md',
    ':x',
    ':(top)a.md',
    '',
    '-r',
    'a\nb',
  ];
  for (const path of absent) expect([path, await told(path)]).toEqual([path, 'absent']);
});

it('replaces a regular file of a working tree, and nothing that a link leads to', async () => {
  const sandbox = createSandbox({ 'd/a.md': 'one\n' });
  sandbox.sh(sandbox.root, 'ln -s d away; ln -s a.md d/link; ln d/a.md d/other');
  expect(await replaceTreeFile(sandbox.root, 'd/a.md', 'new')).toBe(true);
  for (const path of ['away/a.md', 'd/link', 'd', 'none', 'd/a.md/x'])
    expect([path, await replaceTreeFile(sandbox.root, path, 'x')]).toEqual([path, false]);
  // The other name of the same file is somebody else's.
  expect(sandbox.sh(sandbox.root, 'cat d/a.md; echo; cat d/other; ls -A d')).toBe('new\none\na.md\nlink\nother');
});

it('digests a difference as anybody can', async () => {
  const sandbox = createSandbox({ 'a.md': 'one\n', 'b.md': 'two\n' });
  sandbox.sh(sandbox.root, 'git mv a.md ü.md; echo x > b.md; git add -A; git commit -qm change');
  const { git } = await sandbox.open();
  const [from, to] = [sandbox.git('rev-parse', 'HEAD^'), sandbox.git('rev-parse', 'HEAD')];
  const listed = sandbox.sh(sandbox.root, `git diff-tree -r --no-renames --no-abbrev ${from} ${to} | sha256sum`);
  expect(`${await digestDiff(git, from, to)}  -`).toBe(listed);
});
