/** What a failure does to the rest of a run. */
import { expect, it } from 'vitest';
import { createRepository, endings, eventsOf, finished, orch, startOrch, taskOf, tracesOf } from './rig/index.ts';

it('a failed task: its dependents are skipped with the reason, the rest is done, exit 1', async () => {
  const repo = createRepository({
    config: {
      tasks: [
        { name: 'bad', command: 'echo half > half.txt; echo "it broke" >&2; exit 3' },
        { name: 'child', depends_on: ['bad'], command: 'true' },
        { name: 'grandchild', depends_on: ['child'], command: 'true' },
        { name: 'anyway', depends_on: ['bad'], if: 'always()', command: 'ls > seen.txt' },
        { name: 'on-trouble', depends_on: ['child'], if: 'failure()', command: 'true' },
        { name: 'other', command: 'echo fine > fine.txt' },
        { name: 'after-other', depends_on: ['other'], command: 'cat fine.txt' },
      ],
    },
  });
  const { exitCode, events, run } = await orch(repo, ['run']);
  expect(exitCode).toBe(1);
  expect(endings(events)).toEqual({
    bad: 'exit-code',
    child: 'skipped: needs',
    grandchild: 'skipped: needs',
    anyway: 'success',
    'on-trouble': 'success',
    other: 'success',
    'after-other': 'success',
  });
  const skips = Object.fromEntries(eventsOf(events, 'job.skipped').map(({ job, message }) => [job, message]));
  expect(skips['child']).toContain('bad');
  expect(skips['grandchild']).toContain('child');
  expect(finished(events, 'bad').failure?.message).toBe('the command ended with exit code 3');

  // Its work is kept where it says, and is not passed on.
  const { start, result, tip, worktree } = taskOf(events, 'bad');
  expect(result).toBe(start);
  expect(repo.git('show', `${tip}:half.txt`)).toBe('half');
  expect(repo.git('rev-parse', `orch/${run}/bad`)).toBe(tip);
  expect(repo.git('show', `orch/${run}/anyway:seen.txt`)).not.toContain('half.txt');
  expect(tracesOf(repo).worktrees).toEqual([worktree]);
  expect(events.at(-1)).toMatchObject({
    type: 'run.finished',
    result: 'failure',
    exitCode: 1,
    totals: { success: 4, failure: 1, skipped: 2, cancelled: 0 },
  });

  const summary = repo.read('docs/orchestrator-run-summary.md');
  expect(summary.indexOf('bad')).toBeLessThan(summary.indexOf('after-other'));
  expect(summary).toContain('the command ended with exit code 3');
  expect(repo.read('logs/bad.log')).toContain('it broke');
});

const POLICY_TASKS = [
  { name: 'bad', command: 'await-note running; exit 1' },
  { name: 'running', command: 'tell running; await-note go; echo done' },
  { name: 'late', depends_on: ['running'], command: 'true' },
  { name: 'clean-up', depends_on: ['late'], if: 'always()', command: 'true' },
];

it.each([
  { policy: 'continue', ends: { bad: 'exit-code', running: 'success', late: 'success', 'clean-up': 'success' } },
  {
    policy: 'no-new',
    ends: { bad: 'exit-code', running: 'success', late: 'skipped: on-failure', 'clean-up': 'success' },
  },
  {
    policy: 'kill',
    ends: { bad: 'exit-code', running: 'cancelled', late: 'skipped: on-failure', 'clean-up': 'success' },
  },
])('on_failure: $policy', async ({ policy, ends }) => {
  const repo = createRepository({ config: { max_parallel: 2, on_failure: policy, tasks: POLICY_TASKS } });
  const run = startAndTell(repo);
  const { exitCode, events } = await run;
  expect(endings(events)).toEqual(ends);
  expect(exitCode).toBe(1);
});

/** Lets the long task go only after the other one has failed for good. */
async function startAndTell(repo: ReturnType<typeof createRepository>): ReturnType<typeof orch> {
  const started = startOrch(repo, ['run']);
  await started.event('job.finished', ({ job }) => job === 'bad');
  repo.tell('go');
  return started.ended;
}

it('--on-failure wins over the file; a continue_on_error failure starts no policy and fails nothing', async () => {
  const repo = createRepository({
    config: {
      on_failure: 'kill',
      tasks: [
        { name: 'flaky', continue_on_error: true, command: 'exit 7' },
        {
          name: 'next',
          depends_on: ['flaky'],
          command: "echo '${{ 1 + }}' $RESULT",
          env: { RESULT: '${{ needs.flaky.result }}' },
        },
      ],
    },
  });
  const { exitCode, events } = await orch(repo, ['run', '--on-failure', 'no-new']);
  expect(exitCode).toBe(0);
  expect(finished(events, 'flaky')).toMatchObject({
    outcome: 'failure',
    conclusion: 'success',
    failure: { code: 'exit-code' },
  });
  expect(eventsOf(events, 'run.started')[0]?.policy.onFailure).toBe('no-new');
  expect(repo.read('logs/next.log')).toBe('${{ 1 + }} success\n');
});

it('a merge conflict names the files and the tasks; what depends on it is skipped', async () => {
  const repo = createRepository({
    files: { 'same.txt': 'base\n', 'other.txt': 'base\n' },
    config: {
      tasks: [
        { name: 'left', command: 'echo left > same.txt; echo l > left.txt' },
        { name: 'right', command: 'echo right > same.txt; echo r > right.txt' },
        { name: 'both', depends_on: ['left', 'right'], command: 'tell ran' },
        { name: 'behind', depends_on: ['both'], command: 'true' },
      ],
    },
  });
  const { exitCode, events } = await orch(repo, ['run']);
  expect(exitCode).toBe(1);
  expect(endings(events)).toEqual({
    left: 'success',
    right: 'success',
    both: 'merge-conflict',
    behind: 'skipped: needs',
  });
  const { failure } = finished(events, 'both');
  const said = [failure?.message, failure?.hint, ...(failure?.details ?? [])].join('\n');
  for (const name of ['same.txt', 'left', 'right']) expect(said).toContain(name);
  expect(said).not.toContain('other.txt');
  expect(repo.hasHeard('ran')).toBe(false);
  const summary = repo.read('docs/orchestrator-run-summary.md');
  expect(summary).toContain('same.txt');
});
