/** Git in sandboxes, from the task to the report: what a box commits arrives, what it plants does nothing, what it fakes is refused. */
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  BASE_IMAGE,
  createRepository,
  endings,
  finished,
  orch,
  type TaskSource,
  taskOf,
  whyNoContainers,
} from './rig/index.ts';

const reason = whyNoContainers();
/** Below a folder that the box and this machine both have: where it is made tells where the command ran. */
const MARK = `/tmp/orch-e2e-planted-${process.pid}`;

/** What each does to git before it leaves `x.txt`, and how it ends. */
const TRICKS: Readonly<Record<string, { readonly command: string; readonly ends: string; readonly told?: RegExp }>> = {
  commits: { command: 'echo 1 > one.txt; git add .; git commit -qm one; git gc -q --prune=now', ends: 'success' },
  detached: {
    command: 'git switch -q --detach; git commit -q --allow-empty -m detached',
    ends: 'success',
    told: /the task left no branch checked out/,
  },
  side: {
    command: 'git switch -qc side; git commit -q --allow-empty -m side; git switch -q -',
    ends: 'success',
    told: /commits beside HEAD are not taken over from the sandbox: side; they stay in \S+\/\.git\/orch\/worktrees\//,
  },
  'bad-index': { command: 'head -c 5000 /dev/urandom > /__o/git/index', ends: 'success' },
  planted: {
    command: `printf '#!/bin/sh\\ntouch ${MARK}-hook\\n' | tee /__o/git/hooks/pre-commit > /__o/git/hooks/post-checkout
chmod +x /__o/git/hooks/*; echo '* filter=evil merge=evil' > /__o/git/info/attributes
git config filter.evil.clean 'touch ${MARK}-clean; cat'; git config merge.evil.driver 'touch ${MARK}-merge'
git config core.fsmonitor 'touch ${MARK}-fsmonitor; false'; git config include.path /work/include
git status > /dev/null; ls ${MARK}-fsmonitor; git config core.hooksPath /work/hooks
mkdir hooks; cp /__o/git/hooks/pre-commit hooks/; cp hooks/pre-commit hooks/reference-transaction`,
    ends: 'success',
    told: /set up for git in the sandbox, without effect outside of it: core\.fsmonitor, core\.hookspath, filter\.evil\.clean, hooks\/post-checkout, hooks\/pre-commit, include\.path, info\/attributes, merge\.evil\.driver/,
  },
  pointer: { command: `! mv .git x; ! rm -f .git; ! sh -c 'echo gitdir: /tmp > .git'`, ends: 'success' },
  'faked-refs': {
    command: 'echo "$(git rev-parse HEAD) refs/heads/../../../main" >> /__o/git/packed-refs',
    ends: 'unsafe-tree',
    told: /its packed-refs says ".*refs\/heads\/\.\.\/\.\.\/\.\.\/main"/,
  },
  'faked-tree': {
    command: `entry() { printf '100644 %s\\0' ..; git rev-parse HEAD:README.md | perl -ne 'chomp; print pack("H*", $_)'; }
git update-ref HEAD $(git commit-tree -m x -p HEAD $(entry | git hash-object -t tree -w --stdin --literally))`,
    ends: 'unsafe-tree',
    told: /hasDotdot/,
  },
  outside: { command: 'ln -s /etc/passwd link', ends: 'unsafe-tree', told: /symlinks that lead out/ },
};

test('there is an engine for sandboxes', (context) => {
  if (reason !== undefined) context.skip(reason);
  expect(reason).toBeUndefined();
});

describe.skipIf(reason !== undefined)('git in a sandbox', () => {
  test('brings its commits, and nothing else', async () => {
    const tasks = Object.entries(TRICKS).map(
      ([name, { command }]): TaskSource => ({
        name,
        changes: 'required',
        sandbox: { image: BASE_IMAGE },
        command: `set -e\n${command}\necho ${name} > x.txt`,
      }),
    );
    const repo = createRepository({ files: { 'README.md': 'r\n' }, config: { on_failure: 'continue', tasks } });
    const { events, run, stderr } = await orch(repo, ['run']);
    expect(stderr).toBe('');
    expect(endings(events)).toEqual(Object.fromEntries(Object.entries(TRICKS).map(([name, { ends }]) => [name, ends])));
    const summary = repo.read('docs/orchestrator-run-summary.md');
    for (const [name, { ends, told }] of Object.entries(TRICKS)) {
      const branch = `orch/${run}/${name}`;
      // Whatever it did, what it left in its tree is on its branch.
      expect(repo.git('show', `${branch}:x.txt`)).toBe(name);
      const said = [...taskOf(events, name).warnings, finished(events, name).failure?.message ?? ''].join('\n');
      if (told !== undefined) expect(said).toMatch(told);
      else expect(said).toBe('');
      if (ends !== 'success') expect(taskOf(events, name).result).toBe(taskOf(events, name).start);
      if (told !== undefined) expect(summary).toMatch(told);
    }
    expect(repo.git('log', '--format=%s', `main..orch/${run}/commits`)).toBe('task: commits\none');
    expect(repo.git('log', '--format=%s', `main..orch/${run}/detached`)).toBe('task: detached\ndetached');
    expect(readdirSync('/tmp').filter((name) => `/tmp/${name}`.startsWith(MARK))).toEqual([]);
    expect(repo.git('branch', '--list', 'side')).toBe('');
    repo.git('fsck', '--strict');
    // What could not be taken over goes when it is told to.
    expect((await orch(repo, ['clean', '--force'])).exitCode).toBe(0);
    expect(existsSync(`${repo.root}/.git/orch/worktrees/${run}`)).toBe(false);
  });
});
