import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createWorkflowRepository, eventsOf, orch, readOnlyRun } from './rig/index.ts';

describe('steps of a workflow', () => {
  test('have names that are evaluated, limits, and conditions that can be looked at', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
env: { WHERE: here }
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - { id: a, name: 'Count \${{ env.WHERE }}', run: 'echo "n=3" >> "$GITHUB_OUTPUT"' }
      - { name: 'Slow \${{ steps.a.outputs.n }}', continue-on-error: true, timeout-minutes: 0.005, run: exec sleep 60 }
      - run: echo "debug is $RUNNER_DEBUG"
      - { if: steps.a.outputs.n == 4, run: echo never }
`,
    });
    const result = await orch(repository, ['run', 'ci', '--var', 'ACTIONS_STEP_DEBUG=true']);
    expect(result).toMatchObject({ exitCode: 0 });
    const { events, text } = readOnlyRun(repository);
    expect(eventsOf(events, 'step.started').map(({ name }) => name)).toEqual([
      'Count here',
      'Slow 3',
      'Run echo "debug is $RUNNER_DEBUG"',
      'Run echo never',
    ]);
    const log = text('test.log');
    expect(log).toContain("##[error]The action 'Slow 3' has timed out after 0.005 minutes.\n");
    expect(log).toContain('debug is 1\n');
    expect(log).toContain('##[debug]Evaluating: success() && (steps.a.outputs.n == 4)\n##[debug]Result: false\n');
  });

  test('do not begin when the hook of the runner fails, and the hook behind them runs all the same', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  test: { runs-on: ubuntu-latest, steps: [{ run: echo begun }] }
`,
    });
    const hook = (name: string, text: string): string => {
      const path = join(repository.root, '.git', name);
      writeFileSync(path, text);
      return path;
    };
    const result = await orch(repository, ['run', 'ci'], {
      env: {
        ACTIONS_RUNNER_HOOK_JOB_STARTED: hook("it's first.sh", 'echo "no room"; exit 4'),
        ACTIONS_RUNNER_HOOK_JOB_COMPLETED: hook('last.py', 'print()'),
      },
    });
    expect(result).toMatchObject({ exitCode: 1 });
    const { events, text } = readOnlyRun(repository);
    expect(eventsOf(events, 'step.finished').map(({ conclusion }) => conclusion)).toEqual([
      'failure',
      'skipped',
      'failure',
    ]);
    expect(text('test.log')).toContain('no room\n');
    expect(text('test.log')).toContain("last.py' is not a valid path to a script: it must end in '.sh' or '.ps1'\n");
  });
});
