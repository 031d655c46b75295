/** The main checkout is the user's: no run changes it, and what a hostile task changes is told and has no effect. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkoutOf, createRepository, endings, NO_TRACES, orch, taskOf, tracesOf, warningsOf } from './rig/index.ts';

it('a run leaves HEAD, index, stash, settings and files as they were, byte for byte', async () => {
  const repo = createRepository({
    files: { 'a.txt': '1\n', 'b.txt': '1\n', 'dir/c.txt': '1\n' },
    config: {
      tasks: [
        {
          name: 'edit',
          command:
            'echo 2 > a.txt; rm b.txt; echo new > new.txt; git add -A; git -c user.name=t -c user.email=t@t commit -qm own',
        },
        { name: 'switch', command: 'git switch -q -c elsewhere; echo 3 > a.txt' },
        { name: 'fail', command: 'echo 4 > a.txt; exit 1' },
        { name: 'join', depends_on: ['edit'], command: 'git reset -q --hard HEAD~1' },
      ],
    },
  });
  repo.write('a.txt', 'stashed\n');
  repo.git('stash', '-q');
  repo.write('a.txt', 'staged\n');
  repo.git('add', 'a.txt');
  repo.write('a.txt', 'staged and edited\n');
  repo.write('dir/untracked.txt', 'mine\n');
  repo.git('switch', '-q', '-c', 'topic');
  const before = checkoutOf(repo);
  const { events } = await orch(repo, ['run']);
  expect(endings(events)).toEqual({ edit: 'success', switch: 'success', fail: 'exit-code', join: 'success' });
  // `elsewhere` was the task's own wish.
  repo.git('branch', '-q', '-D', 'elsewhere');
  expect(checkoutOf(repo)).toEqual(before);
  expect(repo.git('status', '--porcelain')).toBe('MM a.txt\n?? dir/untracked.txt');
  expect(warningsOf(events, 'checkout-changed')).toEqual([]);
});

const HOSTILE = [
  // Whatever runs any of these leaves a trace.
  'cat > "$HOME/trap" <<END\n#!/bin/sh\ntouch "$HOME/sprung-\\$1"\ncat\nEND',
  'chmod +x "$HOME/trap"',
  'git config core.fsmonitor "$HOME/trap fsmonitor"',
  'git config core.hooksPath "$HOME/hooks"; mkdir -p "$HOME/hooks"',
  'for hook in pre-commit post-commit post-checkout reference-transaction post-index-change post-merge; do printf "#!/bin/sh\\ntouch $HOME/sprung-$hook\\n" > "$HOME/hooks/$hook"; chmod +x "$HOME/hooks/$hook"; cp "$HOME/hooks/$hook" "$(git rev-parse --git-common-dir)/hooks/"; done',
  'git config filter.evil.clean "$HOME/trap clean"; git config filter.evil.smudge "$HOME/trap smudge"; git config filter.evil.process "$HOME/trap process"',
  'git config diff.external "$HOME/trap diff"; git config diff.evil.textconv "$HOME/trap textconv"; git config merge.evil.driver "$HOME/trap merge"',
  'git config commit.gpgSign true; git config gpg.program "$HOME/trap gpg"; git config core.sshCommand "$HOME/trap ssh"; git config core.editor "$HOME/trap editor"; git config core.pager "$HOME/trap pager"',
  'git config user.name "Somebody Else"; git config core.worktree /tmp; git config core.bare true',
];

const TRAPS =
  'fsmonitor clean smudge process diff textconv merge gpg ssh editor pager pre-commit post-commit post-checkout reference-transaction post-index-change post-merge'.split(
    ' ',
  );

it('settings, hooks and filters that a task plants are reported and have no effect on what orch does', async () => {
  const repo = createRepository({
    files: { 'both.txt': '1\n2\n3\n4\n5\n6\n7\n8\n' },
    config: {
      max_parallel: 1,
      tasks: [
        { name: 'hostile', command: [...HOSTILE, 'echo x > planted.txt'].join('\n') },
        {
          name: 'left',
          depends_on: ['hostile'],
          command: "sed -i 's/^1$/one/' both.txt; printf '* diff=evil merge=evil\\n' > .gitattributes",
        },
        { name: 'right', depends_on: ['hostile'], command: "sed -i 's/^8$/eight/' both.txt" },
        { name: 'joined', depends_on: ['left', 'right'], changes: 'required', command: 'cat both.txt > copy.txt' },
        {
          name: 'filtered',
          depends_on: ['hostile'],
          command: 'echo "*.dat filter=evil" > .gitattributes; echo x > x.dat',
        },
      ],
    },
  });
  const hooks = join(repo.root, '.git', 'hooks');
  const config = readFileSync(join(repo.root, '.git', 'config'), 'utf8');
  const { events, run } = await orch(repo, ['run']);
  const sprung = (name: string): boolean => existsSync(join(repo.place.home, `sprung-${name}`));
  for (const name of TRAPS) expect([name, sprung(name)]).toEqual([name, false]);
  // They were real: the user's own git would have run into them.
  const planted = readFileSync(join(repo.root, '.git', 'config'), 'utf8');
  writeFileSync(join(repo.root, '.git', 'config'), planted.replace(/^\s*(bare = true|worktree = .*)$/gm, ''));
  repo.git('status');
  expect(sprung('fsmonitor')).toBe(true);
  // Back to what it was, so that the test's own git is safe.
  writeFileSync(join(repo.root, '.git', 'config'), config);
  expect(endings(events)).toMatchObject({
    hostile: 'success',
    left: 'success',
    right: 'success',
    joined: 'success',
    filtered: 'filter-unsupported',
  });
  expect(repo.git('-c', `core.hooksPath=${join(repo.place.top, 'none')}`, 'show', `orch/${run}/joined:copy.txt`)).toBe(
    'one\n2\n3\n4\n5\n6\n7\neight',
  );
  expect(repo.git('log', '-1', '--format=%an', `orch/${run}/joined`)).not.toBe('Somebody Else');
  expect(existsSync(join(hooks, 'pre-commit'))).toBe(true);
  const told = warningsOf(events, 'checkout-changed').join('\n');
  for (const name of ['core.fsmonitor', 'filter.evil.clean', 'hooks/pre-commit']) expect(told).toContain(name);
  const summary = repo.read('docs/orchestrator-run-summary.md');
  expect(summary).toContain('core.fsmonitor');
});

it('a stash, an edit of the main checkout and a commit in it are told with the task that was at it', async () => {
  const repo = createRepository({
    files: { 'a.txt': '1\n' },
    config: {
      max_parallel: 1,
      tasks: [
        { name: 'stasher', command: 'echo 2 > a.txt; git -c user.name=t -c user.email=t@t stash -q' },
        { name: 'editor', command: 'echo oops > "$(dirname "$(git rev-parse --git-common-dir)")/a.txt"' },
        { name: 'good', command: 'true' },
        {
          name: 'mover',
          command:
            'cd "$(dirname "$(git rev-parse --git-common-dir)")"; git -c user.name=t -c user.email=t@t commit -qam moved',
        },
      ],
    },
  });
  const { events } = await orch(repo, ['run']);
  const told = events.flatMap((event) =>
    event.type === 'warning' && event.code === 'checkout-changed' ? [[event.leg, event.message]] : [],
  );
  expect(told.map(([leg]) => leg)).toEqual(['stasher', 'editor', 'mover', 'mover']);
  expect(told[0]?.[1]).toContain('stash');
  expect(told[1]?.[1]).toContain('a.txt');
  expect(
    told
      .slice(2)
      .map(([, message]) => message)
      .join('\n'),
  ).toContain('HEAD');
  // Told, and never undone.
  expect(repo.git('stash', 'list')).not.toBe('');
  expect(repo.read('a.txt')).toBe('oops\n');
});

it('what must not be committed is refused, kept out and named', async () => {
  const repo = createRepository({
    config: {
      tasks: [
        { name: 'embedded', command: 'git init -q inner; echo x > inner/x; echo y > y.txt' },
        { name: 'link-out', command: 'ln -s /etc/passwd leak; echo y > y.txt' },
        { name: 'link-in', command: 'ln -s README.md link; echo y > y.txt' },
        { name: 'replaced', command: 'rm .git; git init -q .; echo y > y.txt' },
        { name: 'git-dir', command: 'mkdir -p .GIT/hooks || true; echo x > .GIT/hooks/x || true; echo y > y.txt' },
      ],
    },
  });
  const { events } = await orch(repo, ['run']);
  expect(endings(events)).toEqual({
    embedded: 'unsafe-tree',
    'link-out': 'unsafe-tree',
    'link-in': 'success',
    replaced: 'unsafe-tree',
    'git-dir': 'unsafe-tree',
  });
  // What can be kept is kept.
  for (const leg of ['embedded', 'link-out', 'replaced'])
    expect(repo.git('show', `${taskOf(events, leg).tip}:y.txt`)).toBe('y');
  expect(repo.git('ls-tree', '-r', '--name-only', taskOf(events, 'link-out').tip)).not.toContain('leak');
});

it('works from a linked worktree and from a folder below, and cleans up all the same', async () => {
  const repo = createRepository({
    files: { 'deep/er/x.txt': '' },
    config: { tasks: [{ name: 'one', command: 'echo x > x' }] },
  });
  const linked = join(repo.place.top, 'linked');
  repo.git('worktree', 'add', '-q', '-b', 'side', linked);
  const below = await orch(repo, ['run'], { cwd: join(repo.root, 'deep', 'er') });
  expect([below.exitCode, endings(below.events)]).toEqual([0, { one: 'success' }]);
  const beside = await orch(repo, ['run'], { cwd: linked });
  expect(beside.exitCode).toBe(0);
  expect(existsSync(join(linked, 'docs', 'orchestrator-run-summary.md'))).toBe(true);
  expect(tracesOf(repo)).toEqual({ ...NO_TRACES, worktrees: [linked] });
  const detached = repo.git('rev-parse', 'HEAD');
  repo.git('switch', '-q', '--detach', detached);
  expect((await orch(repo, ['run'])).exitCode).toBe(0);
});
