import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Workflow } from '../../workflow/index.ts';
import { parseWorkflow } from '../../workflow/parse/index.ts';
import { writeWorkflow } from '../../workflow/write/index.ts';
import type { Config } from '../config.ts';
import { configOf } from '../testing/marked.ts';
import { type ExportRequest, exportFile } from './files.ts';
import { exportWorkflow } from './workflow.ts';

const OPTIONS = { actions: { kind: 'vendored' }, events: [], runsOn: ['ubuntu-latest'] } as const;

function read(text: string): Workflow {
  const parsed = parseWorkflow(text, 'x.yml');
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('\n'));
  return withoutPlaces(parsed.value.value) as Workflow;
}

/** Where something was written is no part of it. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'at');
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutPlaces(inner)]));
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
    writeWorkflow(workflowOf(of, { events }))
      .replace(/^.*?\non/s, 'on')
      .replace(/\n\npermissions.*$/s, '');

  it('is a person, unless said otherwise', () => {
    expect(onOf(plain)).toBe('on: workflow_dispatch');
    expect(onOf(plain, 'push', 'pull_request')).toBe('on: [push, pull_request]');
    expect(onOf(plain, 'push:main release/**', 'schedule:0 6 * * 1-5')).toBe(
      'on:\n  push:\n    branches: [main, release/**]\n  schedule:\n    - cron: 0 6 * * 1-5',
    );
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
  ])('refuses %s', (event, message) => {
    expect(exportWorkflow(plain, { ...OPTIONS, events: [event] })).toEqual({ ok: false, error: message });
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
