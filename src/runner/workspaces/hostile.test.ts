import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { branchOf, createSandbox, workspacesIn } from './testing/sandbox.ts';

/** Everything known to make git run a command, planted the way a task could. */
function plant(root: string, mark: string): string {
  const config = [
    '[core]',
    `\thooksPath = ${root}/.git/evil-hooks`,
    `\tfsmonitor = "touch ${mark}-fsmonitor; false"`,
    `\tpager = "touch ${mark}-pager"`,
    `\teditor = "touch ${mark}-editor"`,
    `\tsshCommand = "touch ${mark}-ssh"`,
    `\tattributesFile = ${root}/.git/evil-attributes`,
    '[filter "evil"]',
    `\tclean = "touch ${mark}-clean; cat"`,
    `\tsmudge = "touch ${mark}-smudge; cat"`,
    '[filter "lfs"]',
    `\tclean = "touch ${mark}-lfs; cat"`,
    `\tsmudge = "touch ${mark}-lfs; cat"`,
    '\trequired = true',
    '[diff]',
    `\texternal = "touch ${mark}-external"`,
    '[diff "evil"]',
    `\ttextconv = "touch ${mark}-textconv; cat"`,
    '[merge "evil"]',
    `\tdriver = "touch ${mark}-merge"`,
    '[commit]',
    '\tgpgSign = true',
    '[gpg]',
    `\tprogram = ${root}/.git/evil-hooks/pre-commit`,
    '[include]',
    `\tpath = ${root}/.git/evil-include`,
    '[includeIf "gitdir:/"]',
    `\tpath = ${root}/.git/evil-include-if`,
    '[alias]',
    `\tadd = "!touch ${mark}-alias"`,
    '[extensions]',
    '\tworktreeConfig = true',
  ];
  const hooks = [
    'pre-commit',
    'post-commit',
    'post-checkout',
    'reference-transaction',
    'post-index-change',
    'prepare-commit-msg',
    'pre-merge-commit',
    'post-merge',
  ];
  const scripts = hooks.map(
    (hook) => `printf '#!/bin/sh\\ntouch ${mark}-${hook}\\n' > ${root}/.git/evil-hooks/${hook}`,
  );
  return [
    `mkdir -p ${root}/.git/evil-hooks ${root}/.git/hooks`,
    ...scripts,
    `chmod +x ${root}/.git/evil-hooks/*`,
    `cp ${root}/.git/evil-hooks/* ${root}/.git/hooks/`,
    `echo '* filter=evil diff=evil merge=evil' > ${root}/.git/evil-attributes`,
    `cp ${root}/.git/evil-attributes ${root}/.git/info/attributes`,
    `printf '[core]\\n\\tfsmonitor = "touch ${mark}-include; false"\\n' > ${root}/.git/evil-include`,
    `printf '[filter "evil"]\\n\\tprocess = "touch ${mark}-include-if"\\n' > ${root}/.git/evil-include-if`,
    `printf '[core]\\n\\thooksPath = ${root}/.git/evil-hooks\\n[filter "evil"]\\n\\tclean = "touch ${mark}-worktree; cat"\\n' > "$(git rev-parse --git-dir)/config.worktree"`,
    `mkdir -p "$(git rev-parse --git-dir)/info"; cp ${root}/.git/evil-attributes "$(git rev-parse --git-dir)/info/attributes"`,
    `cat >> ${root}/.git/config <<'END'\n${config.join('\n')}\nEND`,
  ].join('\n');
}

it('runs nothing that a task planted, from opening to closing', async () => {
  const sandbox = createSandbox({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  const mark = join(sandbox.home, 'ran');
  const repository = await sandbox.open();
  const start = repository.head.commit;
  const workspaces = workspacesIn(sandbox, repository);
  const first = workspaces.forJob(branchOf('evil'));
  const evil = await first.open({ branch: branchOf('evil'), start });
  sandbox.sh(
    evil.path,
    `${plant(sandbox.root, mark)}\necho evil > a.txt; echo '* merge=evil diff=evil' > .gitattributes`,
  );
  const one = await evil.commit({ tree: (await evil.capture()).tree, parent: start, message: 'one' });
  await evil.setBranch(branchOf('evil'), one);

  const other = await workspaces.forJob(branchOf('good')).open({ branch: branchOf('good'), start });
  sandbox.sh(other.path, 'echo good > b.txt');
  const { tree: id, problems } = await other.capture();
  expect(problems).toEqual([]);
  const two = await other.commit({ tree: id, parent: start, message: 'two' });
  await other.setBranch(branchOf('good'), two);
  const merged = await first.merge({ ours: one, theirs: two, message: 'merge' });
  expect(merged.ok).toBe(true);
  if (!merged.ok) return;
  expect(await first.isAncestor(start, merged.commit)).toBe(true);
  expect(await other.commits(start, merged.commit, 10)).toHaveLength(3);
  expect(await other.changes(one, merged.commit)).toHaveLength(1);
  await other.reset(merged.commit);
  expect(readFileSync(join(other.path, 'a.txt'), 'utf8')).toBe('evil\n');
  await other.reset(start);
  await other.activity();
  await other.close({ keep: false });
  await evil.close({ keep: true });
  // The planted commands do work: git as the user starts it runs them.
  const ran = sandbox.sh(sandbox.home, 'ls ran-* 2>/dev/null | sort || true');
  expect(ran).toBe('');
  sandbox.sh(sandbox.root, 'git status >/dev/null 2>&1 || true');
  expect(existsSync(`${mark}-include`)).toBe(true);
});

it('is not stopped by a configuration that git cannot read', async () => {
  const sandbox = createSandbox();
  const repository = await sandbox.open();
  const start = repository.head.commit;
  appendFileSync(join(sandbox.root, '.git/config'), '[broken\n');
  const tree = await workspacesIn(sandbox, repository)
    .forJob(branchOf('t'))
    .open({ branch: branchOf('t'), start });
  sandbox.sh(tree.path, 'echo x > x');
  const commit = await tree.commit({ tree: (await tree.capture()).tree, parent: start, message: '\0 ' });
  await tree.setBranch(branchOf('t'), commit);
  expect(readFileSync(join(sandbox.root, '.git/refs/heads', branchOf('t')), 'utf8').trim()).toBe(commit);
  await tree.close({ keep: false });
});

it('tells the subject of a commit without control characters', async () => {
  const sandbox = createSandbox();
  const repository = await sandbox.open();
  const start = repository.head.commit;
  const tree = await workspacesIn(sandbox, repository)
    .forJob(branchOf('t'))
    .open({ branch: branchOf('t'), start });
  sandbox.sh(tree.path, "git commit -q --allow-empty -m $'\\e[2Jgone\\a'");
  const head = await tree.head();
  expect((await tree.commits(start, head.commit, 5)).map((line) => line.subject)).toEqual([' [2Jgone ']);
});
