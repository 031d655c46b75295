import { expect, it } from 'vitest';
import type { RunEventBody } from '../engine/index.ts';
import { summarize } from './summary.ts';
import { begun, createJournal, ended, logged, RUN, started } from './testing/journal.ts';

const START = {
  ...started([{ id: 'lint' }, { id: 'test', needs: ['lint'] }, { id: 'win' }]),
  kind: 'workflow',
  name: 'CI',
  title: 'Fix [it]',
  file: '.github/workflows/ci.yml',
  command: ['run', 'ci'],
  base: { commit: 'a1b2c3d4e5f60718', ref: 'the working tree', uncommitted: true, changed: 2 },
} as const;

function step(job: string, number: number, name: string, lastLines?: readonly string[]): RunEventBody[] {
  const of = { job, leg: job, step: number };
  const outcome = lastLines === undefined ? 'success' : 'failure';
  return [
    { type: 'step.started', ...of, name },
    { type: 'step.finished', ...of, outcome, conclusion: outcome, duration: 2000, ...(lastLines && { lastLines }) },
  ];
}

function over(job: string, result: 'success' | 'failure'): RunEventBody {
  const failure = { code: 'exit-code', message: 'Process completed with exit code 1.' } as const;
  const end = { type: 'job.finished', job, leg: job, outcome: result, conclusion: result, outputs: {} } as const;
  return { ...end, duration: 5000, ...(result === 'failure' ? { failure } : {}) };
}

it('a workflow has a table of its jobs, and the last words of the step that failed', () => {
  const { events } = createJournal()
    .add(0, START)
    .add(0, {
      type: 'job.skipped',
      job: 'win',
      reason: 'unserved',
      result: 'skipped',
      message: 'nobody here serves runs-on: windows-latest',
    })
    .add(1, ...begun('lint'), ...step('lint', 1, 'Run lint'), logged('lint'), over('lint', 'success'))
    .add(2, ...begun('test'), ...step('test', 1, 'Run it'), ...step('test', 2, 'unit `tests`', ['```', '1 is not 2']))
    // What fails behind the first failure is a consequence.
    .add(3, ...step('test', 3, 'Post it', ['gone']), over('test', 'failure'))
    .add(5, ended('failure', 1, 5000));
  const text = summarize(events);
  expect(text).toContain('| title     | Fix \\[it\\] ');
  expect(text).toContain('a snapshot with 2 uncommitted files');
  expect(text).toContain('# run it again\norch run ci\n');
  const table = text.slice(text.indexOf('## Jobs'), text.indexOf('## Not run'));
  expect(table.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---')).toBe(`## Jobs

| job | result | duration | why | log |
| --- | --- | --- | --- | --- |
| lint | succeeded | 5.0s | | \`logs/runs/${RUN}/lint.log\` |
| test | **failed** | 5.0s | unit \\\`tests\\\`: Process completed with exit code 1. | |
| win | skipped | | nobody here serves runs-on: windows-latest | |

## Failed

### test

**Process completed with exit code 1.** (\`exit-code\`)

Step 2, \`\` unit \`tests\` \`\`, failed after 2.0s. The last that it printed:

\`\`\`\`text
\`\`\`
1 is not 2
\`\`\`\`

- took 5.0s

\`\`\`sh
orch logs ${RUN} test
\`\`\`

`);
  expect(text).toContain('`--platform LABEL=host`');
  expect(text).not.toContain('nothing was checked');
});

it('the steps of a task are not told of', () => {
  const { events } = createJournal()
    .add(0, started([{ id: 'a' }]), ...begun('a'), ...step('a', 3, 'Run ./.github/actions/run-task', ['x']))
    .add(1, over('a', 'failure'), ended('failure', 1, 1000));
  expect(summarize(events)).not.toContain('run-task');
});
