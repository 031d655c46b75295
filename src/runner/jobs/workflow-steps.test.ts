import { describe, expect, it } from 'vitest';
import type { RunnerEvent } from '../../engine/index.ts';
import { job, run } from './testing/workflow-job.ts';

function names(events: readonly RunnerEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'step.started' ? [event.name] : []));
}

describe('the name of a step', () => {
  it('is evaluated where that works, and cut to one line', async () => {
    const { events } = await run(
      job(`
      - { id: a, run: 'echo "v=7" >> "$GITHUB_OUTPUT"' }
      - { name: 'Deploy \${{ steps.a.outputs.v }} to \${{ env.WHERE }}', env: { WHERE: here }, run: true }
      - { name: "bad \${{ fromJSON('x') }}", run: true }
      - { name: "\${{ '' }}", run: true }
      - run: |

          echo \${{ steps.a.outputs.v }}
          echo more
      - { name: 'skipped \${{ steps.a.outputs.v }}', if: false, run: true }
      - { name: 'env \${{ steps.a.outputs.v }}', env: { X: "\${{ fromJSON('x') }}" }, run: true }
`),
    );
    expect(names(events).slice(1)).toEqual([
      'Deploy 7 to here',
      "bad ${{ fromJSON('x') }}",
      'Run true',
      'Run echo 7',
      'skipped 7',
      'env 7',
    ]);
  });
});

describe('what cannot be evaluated', () => {
  it('an if fails the step, and continue-on-error does not help', async () => {
    const { outcome, log } = await run(
      job(`
      - { if: "fromJSON('x')", continue-on-error: true, run: true }
      - { if: failure(), run: echo tidy }
`),
    );
    expect(outcome.result).toBe('failure');
    expect(log).toContain('##[error]if: ');
    expect(log).toContain('\ntidy\n');
  });

  it('a time limit is told of, and the step runs without one', async () => {
    const { outcome, log } = await run(job(`      - { timeout-minutes: "\${{ fromJSON('x') }}", run: echo ran }\n`));
    expect(outcome.result).toBe('success');
    expect(log).toContain('##[error]An error occurred when attempting to determine the step timeout.');
    expect(log).toContain('\nran\n');
  });

  it('continue-on-error is told of, and the failure stands', async () => {
    const { outcome, log } = await run(job(`      - { continue-on-error: "\${{ fromJSON('x') }}", run: exit 3 }\n`));
    expect(outcome.failure?.message).toBe('Process completed with exit code 3.');
    expect(log).toContain('whether to continue on error.');
  });

  it('an if in a composite action ends the action there', async () => {
    const { outcome, log } = await run(job('      - uses: ./act\n      - { if: failure(), run: echo outside }\n'), {
      'act/action.yml': `
runs:
  using: composite
  steps:
    - { shell: bash, run: echo first }
    - { shell: bash, if: "fromJSON('x')", run: echo second }
    - { shell: bash, if: always(), run: echo third }
`,
    });
    expect(outcome.result).toBe('failure');
    expect(log).toContain('\nfirst\n');
    expect(log).not.toContain('third');
    expect(log).toContain('\noutside\n');
  });
});

it('continue-on-error, working-directory and timeout-minutes are expressions', async () => {
  const { outcome, log } = await run(
    job(`
      - { id: a, continue-on-error: "\${{ env.W == 'workflow' }}", run: exit 3 }
      - run: echo "\${{ steps.a.outcome }} \${{ steps.a.conclusion }} \${PWD##*/}"
        working-directory: "\${{ format('{0}/{1}', 'a', 'b') }}"
      - { name: Slow one, run: exec sleep 60, timeout-minutes: "\${{ fromJSON('0.003') }}" }
`),
    { 'a/b/x': '' },
  );
  expect(log).toContain('\nfailure success b\n');
  expect(outcome.failure).toMatchObject({
    code: 'timeout',
    message: "The action 'Slow one' has timed out after 0.003 minutes.",
  });
});

it('with ACTIONS_STEP_DEBUG conditions are shown, and debug lines', async () => {
  const { log } = await run(
    job(`
      - { name: A, run: 'echo "::debug::seen $RUNNER_DEBUG \${{ runner.debug }}"' }
      - { name: B, if: github.ref == 'x', run: true }
`),
    {},
    { vars: { ACTIONS_STEP_DEBUG: 'true' } },
  );
  expect(log).toContain("##[debug]Evaluating condition for step: 'A'\n##[debug]Evaluating: success()\n");
  expect(log).toContain('##[debug]Result: true\n##[debug]Starting: A\n');
  expect(log).toContain('##[debug]seen 1 1\n');
  expect(log).toContain("##[debug]Evaluating: success() && (github.ref == 'x')\n##[debug]Result: false\n");
});

it('without it they are not', async () => {
  const { log } = await run(job('      - run: echo "::debug::hidden"\n'));
  expect(log).not.toContain('debug]');
});
