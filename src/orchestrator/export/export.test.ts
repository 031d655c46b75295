import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Workflow } from '../../workflow/index.ts';
import { parseWorkflow } from '../../workflow/parse/index.ts';
import { withoutPlaces } from '../../workflow/testing/places.ts';
import { writeWorkflow } from '../../workflow/write/index.ts';
import type { Config } from '../config.ts';
import { configOf } from '../testing/marked.ts';
import { type ExportRequest, exportFile } from './files.ts';
import { exportWorkflow } from './workflow.ts';

const OPTIONS = {
  actions: { kind: 'vendored' },
  events: '',
  runsOn: ['ubuntu-latest'],
  transport: 'artifacts',
} as const;

function read(text: string): Workflow {
  const parsed = parseWorkflow(text, 'x.yml');
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('\n'));
  return withoutPlaces(parsed.value.value) as Workflow;
}

function workflowOf(config: Config, options: Partial<ExportRequest> = {}): Workflow {
  const workflow = exportWorkflow(config, { ...OPTIONS, ...options });
  if (!workflow.ok) throw new Error(workflow.error);
  return workflow.value;
}

const text = fc.stringMatching(/^[\w .:#'"{}$&|>\\%@\n-]{1,30}$/).filter((value) => value.trim() !== '');
const names = fc.uniqueArray(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/), {
  minLength: 1,
  maxLength: 6,
  selector: (name) => name.toLowerCase(),
});

/** A config as JSON, which is YAML: any tasks, each on some of those before it. */
const configs = names.chain((all) =>
  fc
    .tuple(
      ...all.map((name, index) =>
        fc.record(
          {
            name: fc.constant(name),
            command: text,
            depends_on: fc.subarray(all.slice(0, index)),
            description: text,
            env: fc.dictionary(
              fc.stringMatching(/^[A-Z]{1,5}$/),
              text.filter((value) => !value.includes('${{')),
              {
                maxKeys: 3,
              },
            ),
            outputs: fc.constant(['n']),
            matrix: fc.constant({ os: ['linux', 1, true], include: [{ os: 'x', extra: 'y: z' }] }),
            retries: fc.integer({ min: 0, max: 3 }),
            timeout: fc.constantFrom('90s', '2h'),
            verify: text,
            expect: fc.constant(['src/**', '*.md']),
            changes: fc.constantFrom('required', 'allowed', 'forbidden'),
            mutex: fc.constant('database'),
            continue_on_error: fc.boolean(),
            if: fc.constant('always()'),
            secrets: fc.constant(['TOKEN']),
            artifacts: fc.constant(['dist/**']),
          },
          { requiredKeys: ['name', 'command'] },
        ),
      ),
    )
    .map((tasks) => configOf(JSON.stringify({ version: 1, inputs: { level: 'low', count: 3 }, tasks }))),
);

describe('an exported workflow', () => {
  it('is read as it was translated, whatever the tasks are', () => {
    fc.assert(
      fc.property(configs, (config) => {
        const workflow = workflowOf(config);
        expect(read(writeWorkflow(workflow))).toEqual(withoutPlaces(workflow));
      }),
      { numRuns: 40 },
    );
  });

  it('has the security habits that reviewers look for', () => {
    fc.assert(
      fc.property(configs, (config) => {
        const workflow = workflowOf(config);
        expect(withoutPlaces(workflow.permissions)).toEqual({
          kind: 'mapping',
          entries: [{ key: { kind: 'scalar', value: 'contents' }, value: { kind: 'scalar', value: 'read' } }],
        });
        for (const job of workflow.jobs) {
          if (job.kind !== 'steps') throw new Error('a task is a job with steps');
          expect(job.timeoutMinutes?.value).toBeGreaterThan(0);
          for (const step of job.steps) {
            if (step.kind !== 'action') throw new Error('no script is written into the workflow');
            expect(step.uses).toMatch(/^(actions\/checkout@[0-9a-f]{40}|\.\/\.github\/actions\/[a-z-]+)$/);
            // An expression whose value is `${{` says nothing of anybody.
            const inputs = JSON.stringify(withoutPlaces(step.with ?? null)).replaceAll("${{ '${{' }}", '');
            if (step.uses.startsWith('actions/checkout'))
              expect(inputs).toContain('"persist-credentials"},"value":{"kind":"scalar","value":false}');
            // What others may choose the text of reaches a script by variables alone, and secrets one step alone.
            expect(inputs.replace('${{ toJSON(needs) }}', '')).not.toContain('${{');
            if (step.id !== 'run') expect(step.env).toBeUndefined();
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('what starts it', () => {
  const config = configOf('version: 1\ninputs: { level: low }\ntasks: [{ name: a, command: x }]');
  const plain = configOf('version: 1\ntasks: [{ name: a, command: x }]');
  const onOf = (of: Config, ...events: readonly string[]): string =>
    writeWorkflow(workflowOf(of, { events: events.join(',') }))
      .replace(/^.*?\non/s, 'on')
      .replace(/\n\npermissions.*$/s, '');

  it('is a person, unless said otherwise', () => {
    expect(onOf(plain)).toBe('on: workflow_dispatch');
    expect(onOf(plain, 'push', 'pull_request')).toBe('on: [push, pull_request]');
    expect(onOf(plain, 'push:main release/**', 'schedule:0 6 * * 1-5')).toBe(
      'on:\n  push:\n    branches: [main, release/**]\n  schedule:\n    - cron: 0 6 * * 1-5',
    );
    expect(onOf(plain, 'schedule:0 6 * * mon,wed', 'push', 'schedule:5 4 1,15 * *', 'workflow_run:Build it')).toBe(
      [
        'on:',
        '  schedule:',
        '    - cron: 0 6 * * mon,wed',
        '    - cron: 5 4 1,15 * *',
        '  push:',
        '  workflow_run:',
        '    workflows: [Build it]',
        '    types: [completed]',
      ].join('\n'),
    );
  });

  it('is all of an event that is once wanted as a whole', () => {
    expect(onOf(plain, 'push:main', 'push:dev !dev/**')).toContain("branches: [main, dev, '!dev/**']");
    expect(onOf(plain, 'push:main', 'push')).toBe('on: push');
  });

  it('keeps the inputs, which only a person can give', () => {
    expect(onOf(config, 'push')).toBe(
      'on:\n  push:\n  workflow_dispatch:\n    inputs:\n      level:\n        type: string\n        default: low',
    );
  });

  it.each([
    ['psuh', '"psuh" is no event that starts a workflow'],
    ['schedule', 'a schedule wants its time: --event "schedule:0 6 * * 1-5"'],
    ['release:main', '"release" takes no branches'],
    ['schedule:0 6 * *', '"0 6 * *" is no time of a schedule: minute, hour, day of the month, month, day of the week'],
    ['workflow_dispatch:main', '"workflow_dispatch" takes no branches'],
    ['push:!x', 'a pattern with "!" takes back what another one chose: --event "push:** !x"'],
    ['workflow_call', 'a workflow of tasks cannot be called by another: it has the name of that one then'],
    ['workflow_run', 'workflow_run wants a workflow: --event "workflow_run:Build"'],
  ])('refuses %s', (event, message) => {
    expect(exportWorkflow(plain, { ...OPTIONS, events: event })).toEqual({ ok: false, error: message });
  });
});

it.each([
  ['name: x ${{ y }}', 'the name of a workflow cannot hold "${{" on GitHub'],
  ['inputs: { note: "a ${{ b" }', 'the default of the input "note" cannot hold "${{" on GitHub'],
])('refuses what GitHub has no words for: %s', (top, error) => {
  const config = configOf(`version: 1\n${top}\ntasks: [{ name: a, command: x }]`);
  expect(exportWorkflow(config, OPTIONS)).toEqual({ ok: false, error });
});

it('gives the right to write, and the token, to those alone who push', () => {
  const config = configOf('version: 1\ntasks: [{ name: a, command: x }]');
  const { jobs, permissions } = withoutPlaces(workflowOf(config, { transport: 'branches' })) as Workflow;
  expect(JSON.stringify(permissions)).toContain('"read"');
  expect(jobs.map((job) => JSON.stringify(job.permissions ?? null).includes('"write"'))).toEqual([true, false]);
  const steps = jobs.flatMap((job) => (job.kind === 'steps' ? job.steps : []));
  const holders = steps.filter((step) => JSON.stringify(step).includes('github.token'));
  expect(holders.map((step) => step.kind === 'action' && step.uses)).toEqual([
    './.github/actions/prepare-task',
    './.github/actions/finish-task',
  ]);
});

it('warns of actions that may be moved, and tells the release of those that may not', () => {
  const config = configOf('version: 1\ntasks: [{ name: a, command: x }]');
  const made = (ref: string, release?: string) => {
    const actions = { kind: 'repository', repository: 'me/orch', ref, ...(release ? { release } : {}) } as const;
    const file = exportFile(config, { ...OPTIONS, actions, source: 'o.yaml', command: 'orch export-gha' });
    if (!file.ok) throw new Error(file.error);
    return file.value;
  };
  expect(made('v1').notes.map(({ code, message }) => [code, message])).toEqual([
    ['unpinned-actions', '"v1" may be moved to other code by whoever can write to me/orch'],
  ]);
  const pinned = made('a'.repeat(40), 'v1');
  expect(pinned.notes).toEqual([]);
  expect(pinned.text.match(/uses: me\/orch.*# v1$/gm)).toHaveLength(4);
  // Without a copy of the actions, the last job has nothing to check out, and no right to.
  expect(pinned.text).toMatch(/summary:\n.*permissions: \{\}\n.*steps:\n {6}- uses: me\/orch/s);
});

describe('the runners', () => {
  const config = configOf('version: 1\ntasks: [{ name: a, command: x }]');

  it('are named by labels and a group', () => {
    const lines = (...runsOn: readonly string[]) =>
      writeWorkflow(workflowOf(config, { runsOn })).split(/\n {4}steps:/)[0];
    expect(lines('self-hosted', 'arm64')).toContain('runs-on: [self-hosted, arm64]\n');
    expect(lines('group:large')).toContain('runs-on:\n      group: large\n    timeout');
    expect(lines('linux', 'group:org/large', 'gpu')).toContain(
      'runs-on:\n      group: org/large\n      labels: [linux, gpu]\n',
    );
  });

  it.each([
    [[''], '--runs-on wants a label'],
    [['${{ matrix.os }}'], '--runs-on wants labels, and no expression'],
    [['group:a', 'group:b'], '--runs-on takes one group'],
    [['group:'], '"" is no group of runners: NAME, organization/NAME or enterprise/NAME'],
    [['group:me/large'], '"me/large" is no group of runners: NAME, organization/NAME or enterprise/NAME'],
  ])('are not named by %j', (runsOn, error) => {
    expect(exportWorkflow(config, { ...OPTIONS, runsOn })).toEqual({ ok: false, error });
  });
});

describe('what differs on GitHub', () => {
  const notesOf = (config: Config, request: Partial<ExportRequest> = {}): readonly string[] => {
    const file = exportFile(config, { ...OPTIONS, source: 'o.yaml', command: 'orch export-gha', ...request });
    if (!file.ok) throw new Error(file.error);
    const notes = file.value.notes.map(({ message }) => message);
    for (const note of notes) expect(file.value.text).toContain(`# - ${note}\n`);
    return notes;
  };

  it('is that inputs have no default when nobody gives them', () => {
    const config = configOf('version: 1\ninputs: { level: low }\ntasks: [{ name: a, command: x }]');
    const message = 'on GitHub inputs have no value, and no default, when the workflow starts by push';
    expect(notesOf(config, { events: 'workflow_dispatch,push' })).toEqual([message]);
    expect(notesOf(config, { events: 'workflow_dispatch' })).toEqual([]);
    expect(notesOf(configOf('version: 1\ntasks: [{ name: a, command: x }]'), { events: 'push' })).toEqual([]);
  });

  it('is that variables of a task reach the actions around its command', () => {
    const config = (env: string) => configOf(`version: 1\ntasks: [{ name: a, command: x, env: { ${env} } }]`);
    expect(notesOf(config('GIT_AUTHOR_NAME: x, LEVEL: y, GITTER: z'))).toEqual([]);
    expect(notesOf(config('PATH: /x, GIT_DIR: y, A: z'))).toEqual([
      'on GitHub the actions around a command have its variables too, and PATH and GIT_DIR may change what they do',
    ]);
  });
});

it('finds a free name for the job that tells of the run', () => {
  const config = configOf('version: 1\ntasks: [{ name: Summary, command: x }]');
  expect(workflowOf(config).jobs.map(({ id }) => id)).toEqual(['Summary', 'summary-of-run']);
});

it('names its source, how to write it again, and what differs', () => {
  const config = configOf('version: 1\nname: My Run!\non_failure: kill\ntasks: [{ name: a, command: x }]');
  const file = exportFile(config, {
    ...OPTIONS,
    runsOn: ['self-hosted', 'arm64'],
    source: 'o.yaml',
    command: 'orch export-gha',
  });
  if (!file.ok) throw new Error(file.error);
  expect(file.value.name).toBe('my-run.yml');
  expect(file.value.text).toMatchInlineSnapshot(`
    "# Written by orch export-gha from o.yaml.
    # Change that file instead of this one, and write this one again:
    #   orch export-gha
    #
    # Differs from a run by orch:
    # - on GitHub unrelated jobs go on after a failure, as with "continue"

    name: My Run!

    on: workflow_dispatch

    permissions:
      contents: read

    concurrency:
      group: \${{ github.workflow }}-\${{ github.ref }}

    jobs:
      a:
        runs-on: [self-hosted, arm64]
        timeout-minutes: 81
        steps:
          - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
            with:
              fetch-depth: 0
              persist-credentials: false
          - uses: ./.github/actions/prepare-task
          - id: run
            timeout-minutes: 61
            uses: ./.github/actions/run-task
            with:
              command: x
          - if: always()
            uses: ./.github/actions/finish-task

      summary:
        needs: a
        if: always()
        runs-on: [self-hosted, arm64]
        timeout-minutes: 10
        steps:
          - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
            with:
              persist-credentials: false
          - uses: ./.github/actions/summarize-tasks
            with:
              needs: \${{ toJSON(needs) }}
    "
  `);
});
