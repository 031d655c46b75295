/** What a person at the keyboard or a supervisor asks of a run, and what a lost terminal does to it: nothing. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  attemptsOf,
  createRepository,
  endings,
  eventsOf,
  isAlive,
  NO_TRACES,
  orch,
  processesWith,
  type Repository,
  startOrch,
  taskOf,
  tracesOf,
  waitUntil,
  warningsOf,
} from './rig/index.ts';

function signalled(): Repository {
  return createRepository({
    config: {
      tasks: [
        {
          name: 'long',
          command: `trap 'tell asked; await-note may-end; exit 0' TERM; echo x > work.txt; tell running; await-note never & wait`,
        },
        { name: 'next', depends_on: ['long'], command: 'tell next-ran' },
        { name: 'clean-up', depends_on: ['long'], if: 'always()', command: 'tell cleaned; echo cleaned > cleaned.txt' },
        { name: 'on-cancel', depends_on: ['long'], if: 'cancelled()', command: 'true' },
        { name: 'unless-cancelled', depends_on: ['long'], if: '!cancelled()', command: 'true' },
      ],
    },
  });
}

it.each(['SIGINT', 'SIGTERM'] as const)(
  'the first %s ends what runs, lets always() work run, and ends with 130',
  async (name) => {
    const repo = signalled();
    const started = startOrch(repo, ['run']);
    await repo.heard('running');
    started.kill(name);
    await repo.heard('asked');
    // npm and shells send a signal twice: the second means nothing new.
    started.kill(name);
    repo.tell('may-end');
    const { exitCode, events, run } = await started.ended;
    expect(exitCode).toBe(130);
    expect(endings(events)).toEqual({
      long: 'cancelled',
      next: 'cancelled: cancelled',
      'clean-up': 'success',
      'on-cancel': 'success',
      'unless-cancelled': 'cancelled: cancelled',
    });
    expect(eventsOf(events, 'run.cancelling')).toMatchObject([{ reason: 'user', message: `stopped by ${name}` }]);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', result: 'cancelled', exitCode: 130 });
    // It had exited with 0; that it was asked to end is what counts.
    expect(attemptsOf(events, 'long')[0]).toMatchObject({ exitCode: 0, failure: { code: 'cancelled' } });
    expect(repo.git('show', `${taskOf(events, 'long').tip}:work.txt`)).toBe('x');
    expect(repo.git('show', `orch/${run}/clean-up:cleaned.txt`)).toBe('cleaned');
    expect(repo.read('docs/orchestrator-run-summary.md')).toContain(String(run));
    expect(repo.exists('logs/framework-run.lock')).toBe(false);
  },
);

it('a second signal, later, ends everything at once', async () => {
  const repo = createRepository({
    untidy: true,
    config: {
      tasks: [
        {
          name: 'deaf',
          command: `trap 'tell asked' TERM; echo x > work.txt; tell running; until [ -e never ]; do sleep 0.05 || true; done`,
        },
      ],
    },
  });
  const started = startOrch(repo, ['run']);
  await repo.heard('running');
  const run = await started.run();
  started.kill('SIGINT');
  await repo.heard('asked');
  const asked = performance.now();
  await waitUntil('the time in which repeats count once', () => performance.now() - asked > 320);
  started.kill('SIGINT');
  const { exitCode } = await started.ended;
  expect(exitCode).toBe(130);
  // Well within the grace that the first one grants.
  expect(performance.now() - asked).toBeLessThan(6000);
  expect(processesWith(`=${run}:`)).toEqual([]);
  expect(repo.exists('logs/framework-run.lock')).toBe(false);
  expect(repo.read('docs/orchestrator-run-summary.md')).toContain(run);
  // Nothing is thrown away: it is still there to be saved.
  expect(tracesOf(repo).worktrees).toHaveLength(1);
  expect((await orch(repo, ['clean'])).exitCode).toBe(0);
  expect(tracesOf(repo)).toEqual(NO_TRACES);
  expect(repo.git('show', `orch/${run}/deaf:work.txt`)).toBe('x');
});

it('a second signal also ends work that always runs', async () => {
  const repo = createRepository({
    untidy: true,
    config: {
      tasks: [
        { name: 'long', command: 'tell running; await-note never' },
        {
          name: 'clean-up',
          depends_on: ['long'],
          if: 'always()',
          command: 'tell cleaning; setsid sleep 23456.7 & await-note never',
        },
      ],
    },
  });
  const started = startOrch(repo, ['run']);
  await repo.heard('running');
  const run = await started.run();
  started.kill('SIGTERM');
  const asked = performance.now();
  await repo.heard('cleaning');
  await waitUntil('the time in which repeats count once', () => performance.now() - asked > 320);
  started.kill('SIGTERM');
  expect((await started.ended).exitCode).toBe(130);
  expect(processesWith(`=${run}:`)).toEqual([]);
  expect(repo.exists('logs/framework-run.lock')).toBe(false);
});

it('a signal that comes before the first task: no task is started, and the record says why', async () => {
  const repo = createRepository({
    config: {
      tasks: [
        { name: 'never-begun', command: 'tell begun' },
        { name: 'clean-up', depends_on: ['never-begun'], if: 'always()', command: 'true' },
      ],
    },
  });
  // Git takes its time when orch first looks at the checkout: the lock is held, and no run is on yet.
  const slow = join(repo.place.top, 'slow');
  mkdirSync(slow);
  const held =
    'case " $* " in *" ls-files -t "*) mkdir "$HOME/held" 2>/dev/null && { tell held; await-note released; } ;; esac';
  writeFileSync(join(slow, 'git'), `#!/bin/sh\n${held}\nPATH="${repo.env['PATH']}" exec git "$@"\n`, { mode: 0o755 });
  const started = startOrch(repo, ['run'], { env: { PATH: `${slow}:${repo.env['PATH']}` } });
  await repo.heard('held');
  expect(repo.exists('logs/framework-run.lock')).toBe(true);
  started.kill('SIGINT');
  repo.tell('released');
  const { exitCode, events } = await started.ended;
  expect([exitCode, endings(events)]).toEqual([130, { 'never-begun': 'cancelled', 'clean-up': 'success' }]);
  expect(repo.hasHeard('begun')).toBe(false);
  expect(repo.exists('logs/framework-run.lock')).toBe(false);
  const next = await orch(repo, ['run']);
  expect([next.exitCode, warningsOf(next.events)]).toEqual([0, []]);
});

it('SIGHUP: the run goes on without its terminal', async () => {
  const repo = createRepository({
    config: { tasks: [{ name: 'long', command: 'tell running; await-note go; echo x > x' }] },
  });
  const started = startOrch(repo, ['run']);
  await repo.heard('running');
  started.kill('SIGHUP');
  started.child.stdout?.destroy();
  started.child.stderr?.destroy();
  repo.tell('go');
  const { exitCode } = await started.ended;
  expect([exitCode, endings(started.events())]).toEqual([0, { long: 'success' }]);
});

it.each(['plain', 'json', 'live', 'quiet'])('closed output (--ui %s) does not end a run', async (ui) => {
  const repo = createRepository({
    config: {
      tasks: [
        { name: 'one', command: 'echo first; tell running; await-note go; for i in $(seq 200); do echo line $i; done' },
        { name: 'two', depends_on: ['one'], command: 'echo second' },
      ],
    },
  });
  const started = startOrch(repo, ['run', '--ui', ui]);
  await repo.heard('running');
  started.child.stdout?.destroy();
  started.child.stderr?.destroy();
  repo.tell('go');
  const { exitCode } = await started.ended;
  expect([exitCode, endings(started.events())]).toEqual([0, { one: 'success', two: 'success' }]);
  expect(repo.exists('docs/orchestrator-run-summary.md')).toBe(true);
  expect(isAlive(started.pid)).toBe(false);
});

it('a signal ends the wait for another attempt', async () => {
  const repo = createRepository({
    config: { tasks: [{ name: 'flaky', retries: 3, retry_delay: '1h', command: 'exit 1' }] },
  });
  const started = startOrch(repo, ['run']);
  await started.event('attempt.delayed');
  started.kill('SIGTERM');
  const { exitCode, events } = await started.ended;
  expect(exitCode).toBe(130);
  expect(endings(events)).toEqual({ flaky: 'cancelled' });
  expect(repo.exists('logs/framework-run.lock')).toBe(false);
});
