import { expect, it } from 'vitest';
import type { RunEvent, RunEventBody } from '../engine/index.ts';
import { createErrorFilter } from './error-filter.ts';

const LEG = { job: 'a', leg: 'a' };
const error = (message: string, step = 1): RunEventBody => ({
  type: 'annotation',
  ...LEG,
  step,
  level: 'error',
  message,
});
const finished = (step: number, conclusion: 'success' | 'failure'): RunEventBody => ({
  type: 'step.finished',
  ...LEG,
  step,
  outcome: 'failure',
  conclusion,
  duration: 1,
});
const end = (message: string): RunEventBody => ({
  type: 'job.finished',
  ...LEG,
  outcome: 'failure',
  conclusion: 'failure',
  duration: 1,
  outputs: {},
  failure: { code: 'exit-code', message },
});

/** Types of the events that are told, and the texts of the errors among them. */
function told(...bodies: readonly RunEventBody[]): readonly string[] {
  const filter = createErrorFilter();
  return bodies
    .flatMap((body, at) => filter({ seq: at + 1, time: '2026-11-22T00:00:00.000Z', ...body } as RunEvent))
    .map((event) => (event.type === 'annotation' ? event.message : event.type));
}

it.each<[string, readonly RunEventBody[], readonly string[]]>([
  [
    'what the job ends with is told once',
    [error('exit 1'), finished(1, 'failure'), end('exit 1')],
    ['step.finished', 'job.finished'],
  ],
  [
    'errors of the step itself are told, in their order',
    [error('x is not y'), error('exit 1'), finished(1, 'failure'), end('exit 1')],
    ['x is not y', 'step.finished', 'job.finished'],
  ],
  [
    'a failure that is forgiven is told at once',
    [error('exit 1'), finished(1, 'success'), end('later')],
    ['exit 1', 'step.finished', 'job.finished'],
  ],
  [
    'so is that of a step behind the first',
    [error('one'), finished(1, 'failure'), error('two', 2), finished(2, 'failure'), end('one')],
    ['step.finished', 'two', 'step.finished', 'job.finished'],
  ],
  [
    'a job that ends with something else is told after its error',
    [error('one'), finished(1, 'failure'), end('the job took too long')],
    ['step.finished', 'one', 'job.finished'],
  ],
])('%s', (_, bodies, expected) => {
  expect(told(...bodies)).toEqual(expected);
});

it('errors with a place, and those of other jobs, are no matter', () => {
  const other: RunEventBody = { type: 'annotation', job: 'b', leg: 'b', step: 1, level: 'error', message: 'b' };
  const placed: RunEventBody = { ...error('at a.ts'), file: 'a.ts' } as RunEventBody;
  expect(told(error('exit 1'), other, finished(1, 'failure'), placed, end('exit 1'))).toEqual([
    'step.finished',
    'at a.ts',
    'job.finished',
  ]);
});
