import { expect, it } from 'vitest';
import { workflowOf } from './parse/testing/reading.ts';
import { stepIds } from './step-ids.ts';

function idsOf(steps: string): readonly string[] {
  const [job] = workflowOf(`on: push\njobs: { j: { runs-on: x, steps: [${steps}] } }`).jobs;
  return job?.kind === 'steps' ? stepIds(job.steps) : [];
}

it.each([
  ['{ run: x }, { run: x, id: a }, { run: y }', ['__run', 'a', '__run_2']],
  ['{ uses: actions/checkout@v4 }, { uses: actions/checkout/sub@v4 }', ['__actions_checkout', '__actions_checkout_2']],
  ['{ uses: ./a }, { uses: $/a }', ['__self', '__selfRepository']],
  ['{ uses: "docker://ghcr.io/a/b:1.2" }', ['__ghcr_io_a_b_1_2']],
  [
    '{ run: x, id: a }, { wait: a }, { wait-all: }, { cancel: a }, { parallel: [{ run: x }] }',
    ['a', '__wait', '__wait-all', '__cancel', '__parallel'],
  ],
])('steps without an id get one (S3): %s', (steps, ids) => {
  expect(idsOf(steps)).toEqual(ids);
});

it('a generated id is under 100 characters', () => {
  const [first, second] = idsOf(`{ uses: ${'o'.repeat(150)}/r@v }, { uses: ${'o'.repeat(150)}/r@v }`);
  expect([first?.length, second?.length]).toEqual([100, 100]);
  expect(first).not.toBe(second);
});
