import { expect, it } from 'vitest';
import { flattenSteps } from './flat-steps.ts';
import { workflowOf } from './parse/testing/reading.ts';

function flat(steps: string) {
  const [job] = workflowOf(`on: push\njobs: { j: { runs-on: x, steps: [${steps}] } }`).jobs;
  if (job?.kind !== 'steps') throw new Error('the job has no steps');
  return flattenSteps(job.steps).map(({ step, id }) => ({
    id,
    kind: step.kind,
    ...('background' in step ? { background: step.background } : {}),
    ...(step.kind === 'wait' ? { targets: step.targets } : {}),
  }));
}

it('a parallel block becomes steps in the background and a wait for them', () => {
  expect(flat('{ run: a }, { parallel: [{ run: b }, { uses: o/r@v, id: x }] }, { run: c }')).toEqual([
    { id: '__run', kind: 'run' },
    { id: '__run_2', kind: 'run', background: true },
    { id: 'x', kind: 'action', background: true },
    { id: '__wait', kind: 'wait', targets: ['__run_2', 'x'] },
    { id: '__run_3', kind: 'run' },
  ]);
});

it('two blocks wait each for its own', () => {
  expect(flat('{ parallel: [{ run: a }] }, { parallel: [{ run: b }] }').filter(({ kind }) => kind === 'wait')).toEqual([
    { id: '__wait', kind: 'wait', targets: ['__run'] },
    { id: '__wait_2', kind: 'wait', targets: ['__run_2'] },
  ]);
});

it('other steps stay as they are', () => {
  expect(flat('{ run: a, id: s, background: true }, { wait: s }, { cancel: s }, { wait-all: }')).toEqual([
    { id: 's', kind: 'run', background: true },
    { id: '__wait', kind: 'wait', targets: ['s'] },
    { id: '__cancel', kind: 'cancel' },
    { id: '__wait-all', kind: 'wait-all' },
  ]);
});
