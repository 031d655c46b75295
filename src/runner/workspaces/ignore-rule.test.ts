import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { branchOf, createSandbox, jobIn } from './testing/sandbox.ts';

it('names the rule that keeps a path out, whether the path is there or not', async () => {
  const sandbox = createSandbox({
    '.gitignore': '# built\n\n/build/\n*.md\n!keep.md\n',
    'docs/.gitignore': 'x\u001b*\n',
    'tracked.md': '',
  });
  sandbox.sh(sandbox.root, 'git add -f tracked.md; git commit -qm tracked');
  writeFileSync(join(sandbox.root, '.git/info/exclude'), 'mine\n');
  mkdirSync(join(sandbox.home, 'elsewhere'));
  writeFileSync(join(sandbox.home, 'elsewhere/ignore'), '*.swp\n');
  sandbox.git('config', 'core.excludesFile', join(sandbox.home, 'elsewhere/ignore'));
  const repository = await sandbox.open();
  const tree = await jobIn(sandbox, repository, 'api').open({ branch: branchOf('api'), start: repository.head.commit });
  sandbox.sh(tree.path, 'mkdir build; echo x > build/x; ln -s /etc away');
  const rules: Record<string, string | undefined> = {};
  for (const path of [
    'build/x',
    'a/b.md',
    'a/keep.md',
    'docs/x\u001by',
    'mine',
    'y.swp',
    'tracked.md',
    'away/x',
    'free',
  ])
    rules[path] = await tree.ignoredBy(path);
  expect(rules).toEqual({
    'build/x': '.gitignore:3 (/build/)',
    'a/b.md': '.gitignore:4 (*.md)',
    'a/keep.md': undefined,
    'docs/x\u001by': 'docs/.gitignore:1 (x?*)',
    mine: '.git/info/exclude:1 (mine)',
    'y.swp': 'core.excludesFile:1 (*.swp)',
    'tracked.md': undefined,
    'away/x': undefined,
    free: undefined,
  });
});
