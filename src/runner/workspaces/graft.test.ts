import { expect, it } from 'vitest';
import { graftTree } from './graft.ts';
import { createSandbox } from './testing/sandbox.ts';

it('takes paths from another tree, whatever stood there, and leaves everything else', async () => {
  const sandbox = createSandbox({ 'a.txt': 'a\n', 'review/old.md': 'old\n', 'review[1]/x': 'x\n', 'gone/y': 'y\n' });
  const start = sandbox.git('rev-parse', 'HEAD');
  sandbox.sh(
    sandbox.root,
    `set -e; echo b > a.txt; echo n > review/notes.md; echo h > review/handoff.md; rm review/old.md
     printf x > $'review/\\xff'; ln -s /etc/passwd review/link; git add -A; git commit -qm work`,
  );
  const work = sandbox.git('rev-parse', 'HEAD');
  const repository = await sandbox.open();
  const paths = [
    { path: 'review', from: start },
    { path: 'review/handoff.md', from: work },
    { path: 'review/absent', from: work },
    { path: 'gone' },
    { path: 'nowhere' },
  ];
  const tree = await graftTree(repository, { tree: work, paths });
  const names = sandbox.git('ls-tree', '-r', '--name-only', tree).split('\n');
  expect(names).toEqual(['a.txt', 'review/handoff.md', 'review/old.md', 'review[1]/x']);
  expect(sandbox.git('show', `${tree}:a.txt`)).toBe('b');
});

it('replaces a folder by a file, and a file by a folder', async () => {
  const sandbox = createSandbox({ 'review/a/b': 'x\n', other: 'o\n' });
  const folder = sandbox.git('rev-parse', 'HEAD');
  sandbox.sh(sandbox.root, 'rm -r review; echo file > review; git add -A; git commit -qm file');
  const file = sandbox.git('rev-parse', 'HEAD');
  const repository = await sandbox.open();
  const graft = (tree: string, from: string) => graftTree(repository, { tree, paths: [{ path: 'review', from }] });
  expect(await graft(folder, file)).toBe(sandbox.git('rev-parse', `${file}^{tree}`));
  expect(await graft(file, folder)).toBe(sandbox.git('rev-parse', `${folder}^{tree}`));
  expect(sandbox.git('status', '--porcelain')).toBe('');
});
