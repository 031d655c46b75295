import { describe, expect, it } from 'vitest';
import type { JobRequest } from '../../engine/index.ts';
import { parseWorkflow } from '../../workflow/parse/index.ts';
import { findFrom, leftOutBefore } from './from-step.ts';

const TEXT = `
on: push
jobs:
  Build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - id: two
        name: Second
        run: echo 2
      - run: |
          npm test
          echo behind
      - parallel:
          - id: left
            run: a
          - name: Right
            run: b
      - id: '1st'
        run: c
      - { name: '2', run: d }
  call: { uses: ./.github/workflows/other.yml }
`;

const workflow = (() => {
  const parsed = parseWorkflow(TEXT.replace("'1st'", 'first'), 'ci.yml');
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('\n'));
  return parsed.value.value;
})();

describe('a step is found', () => {
  it.each([
    ['by its id', 'two', 1],
    ['by its number', '1', 0],
    ['by its number before a name that looks like one', '2', 1],
    ['by its name, in any case', 'second', 1],
    ['by what the log shows', 'Run npm test', 2],
    ['by its action', 'actions/checkout@v4', 0],
    ['in a parallel block, by id', 'left', 3],
    ['in a parallel block, by name', 'right', 4],
    ['where a parallel block waits', 'Wait for parallel steps', 5],
    ['behind a parallel block', 'first', 6],
    ['by the last number', '8', 7],
  ])('%s', (_, wanted, index) => {
    expect(findFrom(workflow, ['build'], wanted)).toEqual({
      job: 'Build',
      index,
      reason: `left out: --from ${wanted}`,
    });
  });
});

it.each([
  [['build'], 'secnod', 'did you mean "Second"?'],
  [['build'], 'nothing like it', 'it has 8'],
  [['build'], '9', 'has no step'],
  [['call'], 'x', 'has no steps of its own'],
  [undefined, 'x', 'name it with --job'],
  [['build', 'call'], 'x', 'name it with --job'],
])('of the jobs %j the step %j is refused', (jobs, wanted, why) => {
  const text = ((): string => {
    try {
      return JSON.stringify(findFrom(workflow, jobs, wanted));
    } catch (error) {
      const hint = error instanceof Error && 'hint' in error ? error.hint : '';
      return error instanceof Error ? `${error.message}; ${String(hint)}` : '';
    }
  })();
  expect(text).toContain(why);
});

it('leaves out the steps before it, of that job alone and not of a called one', () => {
  const why = leftOutBefore(findFrom(workflow, ['build'], 'left'));
  const request = (id: string, called = false) => ({ job: { id }, ...(called ? { called: {} } : {}) }) as JobRequest;
  expect([why(request('Build'), 2), why(request('Build'), 3)]).toEqual(['left out: --from left', undefined]);
  expect([why(request('other'), 0), why(request('Build', true), 0)]).toEqual([undefined, undefined]);
});
