import { expect, it } from 'vitest';
import type { RunEventBody } from '../engine/index.ts';
import { type RunStatus, statusFold } from './status.ts';
import { expanded, finished, jobFinished, numbered, started, timeOf } from './testing/sample-events.ts';

const LEG = { job: 'api', leg: 'api' } as const;
const BEGIN = [started('r', ['api', 'web']), expanded('api')] as const;

function fold(...bodies: readonly RunEventBody[]): RunStatus {
  const status = statusFold();
  for (const event of numbered(bodies)) status.add(event);
  return status.view();
}

function leg(status: RunStatus, id: string): RunStatus['legs'][number] | undefined {
  return status.legs.find((one) => one.leg === id);
}

it('begins with nothing', () => {
  expect(fold()).toEqual({
    state: 'starting',
    legs: [],
    totals: { waiting: 0, running: 0, success: 0, failure: 0, cancelled: 0, skipped: 0 },
  });
});

it('shows every declared job from the start', () => {
  const status = fold(started('r', ['api', 'web']));
  expect(status).toMatchObject({
    run: 'r',
    name: 'sample',
    kind: 'tasks',
    state: 'running',
    started: timeOf(1),
    last: { seq: 1 },
  });
  expect(status.legs.map(({ leg: id, state }) => [id, state])).toEqual([
    ['api', 'waiting'],
    ['web', 'waiting'],
  ]);
  expect(status.totals).toMatchObject({ waiting: 2, running: 0 });
});

it.each<[string, readonly RunEventBody[], string, object]>([
  ['requested', [], 'preparing', {}],
  [
    'prepared',
    [{ ...LEG, type: 'task.prepared', branch: 'orch/r/api', start: 'c', worktree: '/w', from: [] }],
    'preparing',
    { branch: 'orch/r/api' },
  ],
  ['in a step', [{ ...LEG, type: 'step.started', step: 0, name: 'Check out' }], 'Check out', {}],
  [
    'trying',
    [{ ...LEG, type: 'attempt.started', attempt: 2, of: 3 }],
    'attempt 2 of 3',
    { attempt: { number: 2, of: 3 } },
  ],
  ['trying once', [{ ...LEG, type: 'attempt.started', attempt: 1, of: 1 }], 'running', {}],
  ['between attempts', [{ ...LEG, type: 'attempt.delayed', attempt: 2, delay: 1 }], 'waiting for attempt 2', {}],
  ['being verified', [{ ...LEG, type: 'verify.started', attempt: 1 }], 'verify', {}],
  ['being cancelled', [{ ...LEG, type: 'job.cancel-requested', reason: 'user' }], 'being cancelled', {}],
])('shows what a leg does: %s', (_, bodies, doing, more) => {
  const status = fold(...BEGIN, { ...LEG, type: 'job.requested' }, ...bodies);
  expect(leg(status, 'api')).toMatchObject({ state: 'running', since: timeOf(3), doing, ...more });
});

it('shows how a leg ended, and no longer what it does', () => {
  const log = { ...LEG, type: 'log.closed', path: 'logs/runs/r/api.log', bytes: 1, sha256: '' } as const;
  const status = fold(...BEGIN, { ...LEG, type: 'job.requested' }, jobFinished('api', 'failure'), log);
  expect(leg(status, 'api')).toEqual({
    job: 'api',
    leg: 'api',
    name: 'api',
    state: 'finished',
    since: timeOf(4),
    duration: 1000,
    result: 'failure',
    reason: 'the command ended with exit code 3',
    log: 'logs/runs/r/api.log',
  });
});

it('shows which run a result was taken from', () => {
  const status = fold(...BEGIN, { ...jobFinished('api'), reusedFrom: 'r0' } as RunEventBody);
  expect(leg(status, 'api')).toMatchObject({ result: 'success', reusedFrom: 'r0' });
});

it('puts the legs of a matrix in the place of their job', () => {
  const status = fold(
    started('r', ['build', 'web']),
    expanded('build', ['build+20', 'build+22']),
    jobFinished('build', 'success', 'build+22'),
  );
  expect(status.legs.map((one) => [one.leg, one.state])).toEqual([
    ['build+20', 'waiting'],
    ['build+22', 'finished'],
    ['web', 'waiting'],
  ]);
});

it('ends all legs of a job that is skipped as a whole, or the one that is named', () => {
  const skipped = { type: 'job.skipped', reason: 'needs', result: 'skipped', message: 'api failed' } as const;
  const status = fold(
    started('r', ['build', 'web', 'docs']),
    expanded('build', ['build+20', 'build+22']),
    { ...skipped, job: 'build', leg: 'build+20' },
    { ...skipped, job: 'web' },
  );
  expect(leg(status, 'build+20')).toMatchObject({ state: 'finished', result: 'skipped', reason: 'api failed' });
  expect(leg(status, 'build+22')).toMatchObject({ state: 'waiting' });
  expect(leg(status, 'web')).toMatchObject({ state: 'finished', result: 'skipped' });
  expect(status.totals).toMatchObject({ skipped: 2, waiting: 2 });
});

it('shows the end of the run, and that it is being cancelled before', () => {
  const cancelling = { type: 'run.cancelling', reason: 'user', message: 'Ctrl-C' } as const;
  expect(fold(...BEGIN, cancelling)).toMatchObject({ state: 'cancelling', message: 'Ctrl-C' });
  expect(fold(...BEGIN, finished('failure'))).toMatchObject({ state: 'finished', result: 'failure', exitCode: 1 });
});

it('folds the events of a journal whose beginning is lost, whatever the names', () => {
  const status = fold(
    { type: 'job.requested', job: '__proto__', leg: '__proto__' },
    { type: 'warning', code: 'x', message: 'y' },
  );
  expect(status.legs).toEqual([
    { job: '__proto__', leg: '__proto__', name: '__proto__', state: 'running', since: timeOf(1), doing: 'preparing' },
  ]);
});

it('does not change a view that was taken', () => {
  const status = statusFold();
  const [first, second] = numbered([started('r', ['api']), { ...LEG, type: 'job.requested' }]);
  if (first === undefined || second === undefined) throw new Error('two events');
  status.add(first);
  const before = status.view();
  status.add(second);
  expect(before.legs[0]?.state).toBe('waiting');
  expect(status.view().legs[0]?.state).toBe('running');
});
