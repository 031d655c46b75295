import { expect, it } from 'vitest';
import { openTerminal } from './terminal.ts';
import { createVirtualTerminal } from './testing/virtual-terminal.ts';
import { renderWorkflowList, renderWorkflowPlans, type WorkflowPlan } from './workflow-plan.ts';

const terminal = openTerminal(createVirtualTerminal(80, 24), { LANG: 'C.UTF-8', NO_COLOR: '1' });
const leg = (id: string, more: object = {}) => ({ id, name: id, runsOn: ['ubuntu-latest'], ...more });

const CI: WorkflowPlan = {
  name: 'CI',
  title: 'Fix it',
  file: '.github/workflows/ci.yml',
  event: 'push',
  ref: 'refs/heads/main',
  uncommitted: 1,
  maxParallel: 2,
  jobs: [
    { id: 'lint', needs: [], steps: 1, legs: [leg('lint', { environment: 'prod', concurrency: 'one' })] },
    { id: 'gpu', needs: [], steps: 2, legs: [leg('gpu', { runsOn: ['gpu'], unserved: 'unknown-label' })] },
    {
      id: 'test',
      needs: ['lint'],
      if: "github.ref != ''",
      steps: 3,
      legs: [leg('test (a)'), leg('test (w)', { runsOn: ['windows-latest'], unserved: 'other-system' })],
    },
    { id: 'later', needs: ['lint'], steps: 1, matrix: true, legs: [], unknown: 'known when what it needs has run' },
    { id: 'lib', needs: ['test'], calls: './lib.yml', legs: [leg('lib', { runsOn: [] })] },
    { id: 'lib.one', needs: ['lib'], steps: 1, legs: [leg('a'), leg('b\u001b[2J')] },
  ],
};

it('as text', () => {
  expect(renderWorkflowPlans([CI], 'text', terminal)).toMatchInlineSnapshot(`
    "CI (.github/workflows/ci.yml) on push, refs/heads/main: 6 jobs, 2 at once, from a snapshot with 1 uncommitted file

    stage 1
      lint      1 step · on ubuntu-latest · environment prod · alone in one
      gpu       2 steps · not run here: nobody serves gpu

    stage 2
      test      3 steps
                after lint · if github.ref != ''
                test (a): on ubuntu-latest
                test (w): not run here: windows-latest is another system
      later     1 step
                after lint
                its legs: known when what it needs has run

    stage 3
      lib       calls ./lib.yml
                after test

    stage 4
      lib.one   1 step · on ubuntu-latest
                after lib
                2 legs: a, b

    Stages are for reading: a job starts as soon as all that it needs is done.
    "
  `);
});

it('as a list', () => {
  expect(renderWorkflowList([CI, { ...CI, name: CI.file, jobs: [] }])).toMatchInlineSnapshot(`
    "CI (.github/workflows/ci.yml) on push, refs/heads/main
      lint
      gpu      not run here
      test     after lint  2 legs
      later    after lint  legs known later
      lib      after test  calls ./lib.yml
      lib.one  after lib  2 legs

    .github/workflows/ci.yml on push, refs/heads/main
    "
  `);
});

it('as a graph, several side by side', () => {
  const [lint, , test] = CI.jobs;
  if (lint === undefined || test === undefined) throw new Error('no jobs');
  const small = { ...CI, jobs: [lint, test] };
  expect(renderWorkflowPlans([small, { ...small, name: 'B "x"' }], 'mermaid', terminal)).toMatchInlineSnapshot(`
    "flowchart LR
      subgraph w0["CI"]
        w0job0["lint"]
        w0job1["test<br/>2 legs"]
        w0job0 --> w0job1
      end
      subgraph w1["B #34;x#34;"]
        w1job0["lint"]
        w1job1["test<br/>2 legs"]
        w1job0 --> w1job1
      end
    "
  `);
  expect(renderWorkflowPlans([CI], 'mermaid', terminal)).toContain('  job1["gpu<br/>not run here"]\n');
});

it('as JSON', () => {
  expect(JSON.parse(renderWorkflowPlans([CI], 'json', terminal))).toEqual({ workflows: [CI] });
});
