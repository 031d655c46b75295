/** One run at a time in a repository; a crashed one is cleared up after. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  branchesOf,
  checkoutOf,
  createRepository,
  endings,
  eventsOf,
  filesBelow,
  NO_TRACES,
  orch,
  processesNamed,
  processesWith,
  startOrch,
  tracesOf,
  warningsOf,
} from './rig/index.ts';

const WAITING = { tasks: [{ name: 'long', command: 'tell running; await-note go; echo x > x' }] };

it('the second of two runs is refused with exit 3, and touches nothing', async () => {
  const repo = createRepository({ config: WAITING });
  const first = startOrch(repo, ['run']);
  await repo.heard('running');
  const run = await first.run();
  const before = {
    checkout: checkoutOf(repo),
    branches: branchesOf(repo),
    runs: repo.runs(),
    lock: repo.read('logs/framework-run.lock'),
  };
  expect(JSON.parse(before.lock)).toMatchObject({ run, pid: first.pid });
  const second = await orch(repo, ['run']);
  expect(second.exitCode).toBe(3);
  expect(second.stderr).toContain(run);
  expect({
    checkout: checkoutOf(repo),
    branches: branchesOf(repo),
    runs: repo.runs(),
    lock: repo.read('logs/framework-run.lock'),
  }).toEqual(before);
  // A linked worktree is the same repository.
  const elsewhere = join(repo.place.top, 'elsewhere');
  repo.git('worktree', 'add', '-q', '--detach', elsewhere);
  expect((await orch(repo, ['run'], { cwd: elsewhere })).exitCode).toBe(3);
  repo.git('worktree', 'remove', '--force', elsewhere);
  repo.tell('go');
  const { exitCode, events } = await first.ended;
  expect([exitCode, endings(events)]).toEqual([0, { long: 'success' }]);
  expect(repo.exists('logs/framework-run.lock')).toBe(false);
  expect(tracesOf(repo)).toEqual(NO_TRACES);
});

it('--wait starts when the other run has ended', async () => {
  const repo = createRepository({ config: WAITING });
  const first = startOrch(repo, ['run']);
  const run = await first.run();
  await repo.heard('running');
  const second = startOrch(repo, ['run', '--wait']);
  await second.said(run);
  expect(repo.runs()).toEqual([run]);
  // What is committed while it waits is what it starts from.
  repo.write('later.txt', 'later');
  const later = repo.commit('later');
  repo.tell('go');
  const ends = [await first.ended, await second.ended];
  expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(repo.runs()).toHaveLength(2);
  const [started] = eventsOf(ends[1]?.events ?? [], 'run.started');
  const over = repo.events(run).at(-1);
  expect(String(started?.time) >= String(over?.time)).toBe(true);
  expect(started?.base?.commit).toBe(later);
});

it('a run killed in its midst: the next takes the stale lock, ends what was left, and clean removes the rest', async () => {
  const repo = createRepository({
    untidy: true,
    config: {
      tasks: [
        { name: 'done', command: 'echo done > done.txt' },
        {
          name: 'long',
          depends_on: ['done'],
          command: 'echo precious > work.txt; (setsid sleep 98765.4 &) ; tell running "$PWD"; await-note never',
        },
      ],
    },
  });
  const killed = startOrch(repo, ['run']);
  const worktree = await repo.heard('running');
  const run = await killed.run();
  killed.kill('SIGKILL');
  expect((await killed.ended).signal).toBe('SIGKILL');
  expect(processesWith(`=${run}:`).length).toBeGreaterThan(0);
  expect(repo.exists('logs/framework-run.lock')).toBe(true);
  expect(readFileSync(join(worktree, 'work.txt'), 'utf8')).toBe('precious\n');
  // Every line of its journal is whole.
  expect(repo.events(run).at(-1)?.seq).toBe(repo.events(run).length);

  repo.configure({ tasks: [{ name: 'quick', command: 'true' }] });
  const next = await orch(repo, ['run']);
  expect(next.exitCode).toBe(0);
  expect(warningsOf(next.events, 'stale-lock').join('\n')).toContain(run);
  expect(processesWith(`=${run}:`)).toEqual([]);
  expect(processesNamed('sleep 98765.4')).toEqual([]);
  expect(existsSync(worktree)).toBe(true);

  const listed = await orch(repo, ['clean', '--dry-run']);
  expect(listed.exitCode).toBe(0);
  expect(listed.stdout).toContain(`orch/${run}/long`);
  expect(existsSync(worktree)).toBe(true);

  const cleaned = await orch(repo, ['clean']);
  expect(cleaned.exitCode).toBe(0);
  expect(tracesOf(repo)).toEqual(NO_TRACES);
  expect(filesBelow(join(repo.place.cache, 'orch'))).toEqual([]);
  expect(repo.git('show', `orch/${run}/long:work.txt`)).toBe('precious');
  expect(repo.git('show', `orch/${run}/long:done.txt`)).toBe('done');
  expect((await orch(repo, ['clean'])).exitCode).toBe(0);
});

it('clean right after a crash ends what still runs, and leaves a run that is on alone', async () => {
  const repo = createRepository({
    untidy: true,
    config: { tasks: [{ name: 'long', command: 'echo x > work.txt; tell running; await-note go' }] },
  });
  const killed = startOrch(repo, ['run']);
  await repo.heard('running');
  const run = await killed.run();

  // While it is on, nothing of it is touched.
  expect((await orch(repo, ['clean'])).exitCode).toBeLessThanOrEqual(3);
  expect(tracesOf(repo).worktrees).toHaveLength(1);
  expect(processesWith(`=${run}:`).length).toBeGreaterThan(0);

  killed.kill('SIGKILL');
  await killed.ended;
  expect((await orch(repo, ['clean'])).exitCode).toBe(0);
  expect(processesWith(`=${run}:`)).toEqual([]);
  expect(tracesOf(repo)).toEqual(NO_TRACES);
  expect(repo.exists('logs/framework-run.lock')).toBe(false);
  expect(repo.git('show', `orch/${run}/long:work.txt`)).toBe('x');
});
