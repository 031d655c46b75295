import { expect, it } from 'vitest';
import type { Leg, RunEvent, RunEventBody } from '../engine/index.ts';
import { legsOf } from './legs.ts';

function numbered(bodies: readonly RunEventBody[]): readonly RunEvent[] {
  return bodies.map((body, index) => ({ seq: index + 1, time: '2026-01-01T00:00:00.000Z', ...body }));
}

function legNamed(id: string, index: number, matrix: Leg['matrix']): Leg {
  return { id, name: id, index, matrix, continueOnError: false, timeoutMinutes: 1 };
}

const started: RunEventBody = {
  type: 'run.started',
  run: 'r',
  kind: 'tasks',
  name: 'n',
  orch: '1',
  file: 'f',
  command: [],
  host: { node: '', git: '', platform: '', cpus: 1 },
  policy: { maxParallel: 1, onFailure: 'continue' },
  jobs: ['build', 'ship'].map((id) => ({ id, needs: [], definition: '' })),
};

it('legs stand in the order of jobs and matrix, not of their ends; a job skipped as a whole is one', () => {
  const ended = { outcome: 'success', conclusion: 'success', outputs: { n: '1' }, duration: 1 } as const;
  const events = numbered([
    started,
    {
      type: 'job.expanded',
      job: 'build',
      legs: [legNamed('b+x', 0, { v: 'x' }), legNamed('b+y', 1, { v: 'y' })],
      failFast: true,
    },
    { type: 'job.skipped', job: 'ship', reason: 'needs', result: 'skipped', message: 'build failed' },
    {
      type: 'job.finished',
      job: 'build',
      leg: 'b+y',
      ...ended,
      outcome: 'failure',
      conclusion: 'failure',
      failure: { code: 'exit-code', message: 'exit code 3' },
    },
    { type: 'job.finished', job: 'build', leg: 'b+x', ...ended },
  ]);
  expect(legsOf(events)).toEqual([
    { job: 'build', index: 0, id: 'b+x', isMatrix: true, result: 'success', outputs: { n: '1' } },
    {
      job: 'build',
      index: 1,
      id: 'b+y',
      isMatrix: true,
      result: 'failure',
      reason: 'exit code 3',
      outputs: { n: '1' },
    },
    { job: 'ship', index: 0, id: 'ship', isMatrix: false, result: 'skipped', reason: 'build failed', outputs: {} },
  ]);
});
