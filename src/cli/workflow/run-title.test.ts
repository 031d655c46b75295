import { expect, it } from 'vitest';
import { parseWorkflow } from '../../workflow/parse/index.ts';
import type { WorkflowEvent } from './event.ts';
import { runTitle } from './run-title.ts';

function titleOf(head: string, event: Pick<WorkflowEvent, 'name' | 'payload'>) {
  const text = `${head}on: [push]\njobs: { a: { runs-on: x, steps: [{ run: a }] } }\n`;
  const parsed = parseWorkflow(text, 'ci.yml');
  if (!parsed.ok) throw new Error('the workflow is wrong');
  const file = { path: 'ci.yml', text, named: true, workflow: parsed.value.value };
  const whole: WorkflowEvent = {
    ...event,
    ref: 'refs/heads/main',
    sha: 'abc',
    headRef: '',
    baseRef: '',
    trigger: { name: event.name },
  };
  return runTitle(file, whole, { github: { actor: 'ada' }, inputs: { to: 'eu', n: 3 }, vars: {} });
}

const PUSH = { name: 'push', payload: { head_commit: { message: '\nFix it\n\nAt last' } } };

it.each<[string, string, Parameters<typeof titleOf>[1], string]>([
  ['run-name', 'run-name: to ${{ inputs.to }} by ${{ github.actor }}\n', PUSH, 'to eu by ada'],
  ['a number', 'run-name: ${{ inputs.n }}\n', PUSH, '3'],
  ['a run-name that comes to nothing', 'run-name: ${{ vars.none }}\n', PUSH, 'Fix it'],
  ['a push', 'name: CI\n', PUSH, 'Fix it'],
  ['a pull request', 'name: CI\n', { name: 'pull_request', payload: { pull_request: { title: 'T' } } }, 'T'],
  ['a push without commit', 'name: CI\n', { name: 'push', payload: {} }, 'CI'],
  ['anything else', 'name: CI\n', { name: 'schedule', payload: {} }, 'CI'],
  ['a workflow without a name', '', { name: 'workflow_dispatch', payload: {} }, 'ci.yml'],
])('%s', (_, head, event, title) => {
  expect(titleOf(head, event)).toEqual({ ok: true, value: title });
});

it('a run-name that cannot be evaluated is named with its place', () => {
  expect(titleOf("run-name: ${{ fromJSON('{') }}\n", PUSH)).toMatchObject({
    ok: false,
    error: [{ severity: 'error', at: { file: 'ci.yml', range: { start: { line: 1 } } } }],
  });
});
