/** Tasks that do to git, to files and to orch's own things what they should not: the run goes on and tells the truth. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  createRepository,
  endings,
  finished,
  NO_TRACES,
  orch,
  type TaskSource,
  taskOf,
  tracesOf,
} from './rig/index.ts';

const AS = 'git -c user.name=t -c user.email=t@t';

/** What each does to git before it leaves `x.txt`, which must be on its branch in the end. */
const GIT_TRICKS: Readonly<Record<string, string>> = {
  packed: `${AS} commit -q --allow-empty -m one; git pack-refs --all; ${AS} commit -q --allow-empty -m two; git gc -q`,
  detached: `git switch -q --detach; ${AS} commit -q --allow-empty -m detached`,
  orphan: 'git switch -q --orphan nowhere',
  rebasing: `echo 1 > r; git add r; ${AS} commit -qm r1; echo 2 > r; ${AS} commit -qam r2; GIT_SEQUENCE_EDITOR='sed -i s/pick/edit/' ${AS} rebase -q -i HEAD~1 || true`,
  'locked-index': 'touch "$(git rev-parse --git-dir)/index.lock"',
  'locked-head': 'touch "$(git rev-parse --git-dir)/HEAD.lock"',
  'no-head': 'echo garbage > "$(git rev-parse --git-dir)/HEAD"',
  'no-index': 'rm "$(git rev-parse --git-dir)/index"',
  'bad-index': 'head -c 5000 /dev/urandom > "$(git rev-parse --git-dir)/index"',
  'no-branch': 'git update-ref -d "refs/heads/orch/$ORCH_RUN/$ORCH_TASK"',
  pruned: 'git worktree prune --expire=now; git gc -q --prune=now',
  'no-admin': 'rm -rf "$(git rev-parse --git-dir)"',
  hidden:
    'git ls-files | xargs git update-index --assume-unchanged; git ls-files | xargs git update-index --skip-worktree; git sparse-checkout set nothing 2>/dev/null || true',
  excluded:
    'printf "*\\n" >> "$(git rev-parse --git-common-dir)/info/exclude"; printf "*\\n" > "$HOME/ignore"; git config core.excludesFile "$HOME/ignore"',
  renormalized: 'printf "* text eol=crlf ident\\n" > .gitattributes; printf "\\$Id\\$\\r\\n" > y.txt',
};

it('whatever a task does to its git directory, its work arrives', async () => {
  const tasks = Object.entries(GIT_TRICKS).map(
    ([name, trick]): TaskSource => ({ name, changes: 'required', command: `${trick}\necho ${name} > x.txt` }),
  );
  const repo = createRepository({ files: { 'a/b.txt': 'b\n' }, config: { max_parallel: 1, tasks } });
  const exclude = repo.read('.git/info/exclude');
  const { exitCode, events, run, stderr } = await orch(repo, ['run']);
  writeFileSync(join(repo.root, '.git', 'info', 'exclude'), exclude);
  repo.git('config', '--unset', 'core.excludesFile');
  expect(stderr).not.toMatch(/internal error/);
  expect(endings(events)).toEqual(Object.fromEntries(Object.keys(GIT_TRICKS).map((name) => [name, 'success'])));
  expect(exitCode).toBe(0);
  for (const name of Object.keys(GIT_TRICKS)) {
    expect(repo.git('show', `orch/${run}/${name}:x.txt`)).toBe(name);
    expect(repo.git('rev-parse', `orch/${run}/${name}`)).toBe(taskOf(events, name).result);
  }
  expect(tracesOf(repo)).toMatchObject({ ...NO_TRACES, locks: [] });
});

it('a lock that a task leaves on its branch: the work stays in its tree, and the lock is named', async () => {
  const lock = '"$(git rev-parse --git-common-dir)/refs/heads/orch/$ORCH_RUN/$ORCH_TASK.lock"';
  const repo = createRepository({ config: { tasks: [{ name: 'locker', command: `touch ${lock}; echo x > x.txt` }] } });
  const { exitCode, events, run } = await orch(repo, ['run']);
  expect([exitCode, endings(events)]).toEqual([1, { locker: 'environment-lost' }]);
  expect(finished(events, 'locker').failure?.message).toContain('locker.lock');
  rmSync(join(repo.root, '.git', 'refs', 'heads', 'orch', String(run), 'locker.lock'));
  expect((await orch(repo, ['clean'])).exitCode).toBe(0);
  expect(repo.git('show', `orch/${run}/locker:x.txt`)).toBe('x');
});

const FILE_TRICKS: Readonly<
  Record<string, { readonly command: string; readonly ends: string; readonly extra?: object }>
> = {
  'odd-names': {
    command: `touch "$(printf 'new\\nline')" "$(printf '\\033[31m')" "$(printf '\\377\\376')" ' ' ./-rf '"' '*' 'ü' 'a\\b'`,
    ends: 'success',
  },
  deep: {
    command: 'd=x; for i in $(seq 120); do d=$d/dir$i; done; mkdir -p "$d"; echo deep > "$d/file"',
    ends: 'success',
  },
  many: {
    command: 'mkdir many; cd many; seq 3000 | xargs touch',
    ends: 'success',
  },
  fifo: { command: 'mkfifo pipe; echo x > x.txt', ends: 'success' },
  loops: { command: 'ln -s . self; ln -s b a; ln -s a b; echo x > x.txt', ends: 'success' },
  'output-link': {
    command: 'rm "$ORCH_OUTPUT"; ln -s /etc/passwd "$ORCH_OUTPUT"',
    ends: 'success',
    extra: { outputs: ['root'] },
  },
  'output-fifo': { command: 'rm "$ORCH_OUTPUT"; mkfifo "$ORCH_OUTPUT"', ends: 'success', extra: { outputs: ['x'] } },
  'output-huge': {
    command: 'head -c 3000000 /dev/zero | tr "\\0" x > "$ORCH_OUTPUT"',
    ends: 'output-invalid',
    extra: { outputs: ['x'] },
  },
  'output-odd': {
    command: 'printf "x<<END\\nnever closed\\n" > "$ORCH_OUTPUT"',
    ends: 'output-invalid',
    extra: { outputs: ['x'] },
  },
  binary: { command: 'head -c 300000 /dev/urandom; printf "\\377\\376\\000"', ends: 'success' },
  'one-line': { command: 'head -c 20000000 /dev/zero | tr "\\0" x', ends: 'success' },
};

it('odd files, outputs and bytes', async () => {
  const tasks = Object.entries(FILE_TRICKS).map(
    ([name, { command, extra }]): TaskSource => ({ name, command, ...extra }),
  );
  const repo = createRepository({ config: { tasks } });
  const { events, run, stderr, stdout } = await orch(repo, ['run', '--ui', 'plain']);
  expect(endings(events)).toEqual(
    Object.fromEntries(Object.entries(FILE_TRICKS).map(([name, { ends }]) => [name, ends])),
  );
  for (const text of [stdout, stderr, repo.read('docs/orchestrator-run-summary.md')]) {
    expect(text).not.toMatch(/internal error|root:x/);
    expect(text).not.toContain('\u001b');
  }
  expect(repo.git('ls-tree', '-z', '--name-only', `orch/${run}/odd-names`)).toContain('new\nline');
  expect(taskOf(events, 'many').changed.total).toBe(3000);
  expect(taskOf(events, 'deep').changed.shown[0]).toMatch(/^x\/dir1\/.*\/file$/);
  expect(tracesOf(repo).locks).toEqual([]);
});

it('a task that removes its own tree, or the logs, or the record of the run', async () => {
  const repo = createRepository();
  repo.configure({
    max_parallel: 1,
    tasks: [
      { name: 'gone', command: 'rm -rf "$ORCH_WORKTREE"' },
      { name: 'emptied', command: 'find . -mindepth 1 -delete 2>/dev/null; ls -A' },
      { name: 'after', command: 'echo y > y.txt' },
    ],
  });
  const { exitCode, events, stderr } = await orch(repo, ['run']);
  expect(stderr).not.toMatch(/internal error/);
  expect(exitCode).toBe(1);
  expect(endings(events)['after']).toBe('success');
  expect(endings(events)['gone']).not.toBe('success');

  repo.configure({
    max_parallel: 1,
    env: { MAIN: repo.root },
    tasks: [
      { name: 'logless', command: 'rm -rf "$MAIN/logs"; echo still here; echo x > x.txt' },
      { name: 'after', command: 'echo y > y.txt' },
    ],
  });
  const without = await orch(repo, ['run']);
  // The record is lost, and that must not look like success.
  expect(without.exitCode).toBe(1);
  expect(without.stderr).not.toMatch(/internal error/);
  // A tree whose .git is gone may be anything by now: only who says so removes it.
  const careful = await orch(repo, ['clean']);
  expect([careful.exitCode, careful.stderr.includes('emptied')]).toEqual([1, true]);
  expect((await orch(repo, ['clean', '--force'])).exitCode).toBe(0);
  expect(tracesOf(repo).trees).toEqual([]);
});
