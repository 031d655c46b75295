import { chmodSync, existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { branchOf, createSandbox, jobIn } from './testing/sandbox.ts';

const FILES = { 'a.txt': 'a\n', 'data/tracked': 't\n', '.gitignore': '.env*\nnode_modules/\nsecrets/*.key\n' };

it('copies what .worktreeinclude names and the repository ignores, and nothing else', async () => {
  const sandbox = createSandbox(FILES);
  sandbox.write('.worktreeinclude', '.env*\n!.env.production\nnode_modules/\nsecrets/\nloose\n');
  for (const path of [
    '.env',
    '.env.production',
    'sub/.env.local',
    'node_modules/m/index.js',
    'secrets/a.key',
    'secrets/open.txt',
    'loose',
  ]) {
    sandbox.write(path, path);
  }
  const repository = await sandbox.open();
  const tree = await jobIn(sandbox, repository, 't').open({ branch: branchOf('t'), start: repository.head.commit });
  const there = ['.env', 'sub/.env.local', 'node_modules/m/index.js', 'secrets/a.key'].filter((path) =>
    existsSync(join(tree.path, path)),
  );
  expect(there).toHaveLength(4);
  const absent = ['.env.production', 'secrets/open.txt', 'loose', '.worktreeinclude'].filter((path) =>
    existsSync(join(tree.path, path)),
  );
  expect(absent).toEqual([]);
  expect(tree.warnings).toEqual([]);
  // The task lifts the ignore rules: what is not its own still does not get in.
  sandbox.sh(tree.path, 'echo > .gitignore; echo new > secrets/new.key; git add -A; git commit -qm all');
  const captured = await tree.capture();
  expect((await tree.changes(repository.head.commit, captured.tree)).map((change) => change.path)).toEqual([
    '.gitignore',
    'secrets/new.key',
  ]);
});

it('copies and links what the configuration names, never over a tracked file', async () => {
  const sandbox = createSandbox(FILES);
  for (const path of ['local.json', 'cfg/one.conf', 'cfg/two.conf', 'data/extra', 'deps/x/y', 'tool'])
    sandbox.write(path, path);
  chmodSync(join(sandbox.root, 'tool'), 0o755);
  sandbox.sh(sandbox.root, 'ln -s x deps/inside; ln -s /etc deps/outside; mkfifo deps/pipe; mkdir deps/empty');
  const repository = await sandbox.open();
  const settings = {
    copy: ['./local.json', 'cfg/*.conf', 'data', 'a.txt', 'missing', '../up', '.git/config', '/etc/passwd', 'tool'],
    link: ['deps', 'data/tracked', 'de*s', 'nowhere'],
  };
  const tree = await jobIn(sandbox, repository, 't', settings).open({
    branch: branchOf('t'),
    start: repository.head.commit,
  });
  expect(tree.warnings).toEqual([
    'worktrees.copy: "missing" is not there',
    'worktrees.copy: "../up" leads out of the repository',
    'worktrees.copy: ".git/config" lies in a git directory',
    'worktrees.copy: "/etc/passwd" is not relative to the repository',
    'worktrees.link: "de*s" is a pattern; links are named one by one',
    'worktrees.link: "nowhere" is not there',
    'data/tracked is not linked: it is tracked, so each task has its own',
    'a.txt is not copied: it is tracked, so each task has its own',
  ]);
  expect(readlinkSync(join(tree.path, 'deps'))).toBe(join(sandbox.root, 'deps'));
  expect(readFileSync(join(tree.path, 'cfg/two.conf'), 'utf8')).toBe('cfg/two.conf');
  expect(lstatSync(join(tree.path, 'tool')).mode & 0o111).toBe(0o111);
  sandbox.sh(
    tree.path,
    'echo mine > data/mine; echo changed > data/extra; echo t2 > data/tracked; git add -A; git commit -qm all',
  );
  const captured = await tree.capture();
  expect(captured.problems).toEqual([]);
  expect((await tree.changes(repository.head.commit, captured.tree)).map((change) => change.path)).toEqual([
    'data/mine',
    'data/tracked',
  ]);
  await tree.reset(repository.head.commit);
  expect(sandbox.sh(tree.path, 'ls data cfg deps tool')).toContain('extra');
  expect(existsSync(join(tree.path, 'data/mine'))).toBe(false);
  expect(readFileSync(join(tree.path, 'data/extra'), 'utf8')).toBe('changed\n');
});

it('copies a directory with its links, the escaping ones left out', async () => {
  const sandbox = createSandbox({ ...FILES, '.gitignore': 'deps/\n' });
  sandbox.write('deps/x/y', 'y');
  sandbox.sh(
    sandbox.root,
    'ln -s x deps/inside; ln -s /etc deps/outside; ln -s ../../etc deps/up; mkfifo deps/pipe; mkdir deps/empty',
  );
  const repository = await sandbox.open();
  const tree = await jobIn(sandbox, repository, 't', { copy: ['deps/'] }).open({
    branch: branchOf('t'),
    start: repository.head.commit,
  });
  expect(sandbox.sh(tree.path, 'find deps | sort | tr "\\n" " "')).toBe('deps deps/empty deps/inside deps/x deps/x/y');
  expect(tree.warnings.toSorted()).toEqual([
    'the symlink deps/outside is not copied: it leads out of the repository',
    'the symlink deps/up is not copied: it leads out of the repository',
  ]);
});

it('never writes through a symlink of the commit', async () => {
  const sandbox = createSandbox(FILES);
  const outside = join(sandbox.home, 'outside');
  sandbox.sh(
    sandbox.root,
    `mkdir ${outside}; git switch -qc trap; ln -s ${outside} conf; git add conf; git commit -qm trap; git switch -q main; mkdir conf; echo x > conf/.env`,
  );
  const repository = await sandbox.open();
  const tree = await jobIn(sandbox, repository, 't', { copy: ['conf/.env'], link: ['conf/.env'] }).open({
    branch: branchOf('t'),
    start: sandbox.git('rev-parse', 'trap'),
  });
  expect(existsSync(join(outside, '.env'))).toBe(false);
  expect(tree.warnings).toEqual([
    'conf/.env is not provided: conf is no directory in this commit',
    'conf/.env is not provided: conf is no directory in this commit',
  ]);
});
