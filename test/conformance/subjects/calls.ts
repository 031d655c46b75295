/** Reusable workflows. */

import { expect } from 'vitest';
import { resolveCalls } from '../../../src/workflow/calls/index.ts';
import { parseWorkflow } from '../../../src/workflow/parse/index.ts';
import { type Check, type Subject, works } from '../rig/feature.ts';
import { body, shareRun } from '../rig/run.ts';

const JOB = 'runs-on: ubuntu-latest, steps: [{ run: "true" }]';
const CALLEE = `
on:
  workflow_call:
    inputs:
      text: { type: string, required: true }
      flag: { type: boolean }
      number: { type: number, default: 3 }
      preset: { type: string, default: "\${{ github.event_name }}" }
    secrets: { token: {}, other: {} }
    outputs: { said: { value: "\${{ jobs.inner.outputs.said }}-\${{ jobs.inner.result }}" } }
env: { OWN: callee }
jobs:
  inner:
    runs-on: ubuntu-latest
    outputs: { said: "\${{ steps.s.outputs.said }}" }
    steps:
      - id: s
        run: |
          echo "= \${{ inputs.text }} \${{ inputs.flag }} \${{ inputs.number }} \${{ inputs.preset }}"
          echo "= [$OUTER] $OWN [\${{ secrets.token && 'token' }}] [\${{ secrets.other && 'other' }}] [\${{ secrets.S && 'S' }}]"
          echo "= \${{ github.workflow }} \${{ github.event_name }} \${{ job.workflow_file_path }}"
          echo "said=\${{ inputs.text }}" >> "$GITHUB_OUTPUT"
`;
const BROKEN = `
on: workflow_call
jobs:
  fails: { runs-on: ubuntu-latest, steps: [{ run: exit 1 }] }
  works: { ${JOB} }
`;
const NESTED = `
on: { workflow_call: { outputs: { deep: { value: "\${{ jobs.call.outputs.said }}" } } } }
jobs: { call: { uses: ./.github/workflows/callee.yml, with: { text: deep } } }
`;

const GROUPED = `on: workflow_call\nconcurrency: called\njobs: { inner: { ${JOB} } }`;
const THERE = `
on:
  workflow_call:
    inputs: { text: { type: string } }
    outputs: { answer: { value: "\${{ jobs.ask.outputs.answer }}" } }
jobs:
  ask:
    runs-on: ubuntu-latest
    outputs: { answer: "\${{ steps.a.outputs.answer }}" }
    steps:
      - { id: a, uses: $/act, with: { text: "\${{ inputs.text }}" } }
      - run: echo "= \${{ inputs.text }} from \${{ job.workflow_repository }}"
  below: { uses: ./.github/workflows/deep.yml }
`;
const DEEP = `on: workflow_call\njobs: { deep: { runs-on: ubuntu-latest, steps: [{ run: 'echo "= deep"' }] } }`;
const ACT = `
inputs: { text: {} }
outputs: { answer: { value: "\${{ inputs.text }}!" } }
runs: { using: composite, steps: [{ shell: bash, run: 'true' }] }
`;

const run = shareRun({
  served: {
    'far/away': { '.github/workflows/there.yml': THERE, '.github/workflows/deep.yml': DEEP, 'act/action.yml': ACT },
  },
  top: 'name: Caller\nenv: { OUTER: caller }',
  files: {
    '.github/workflows/callee.yml': CALLEE,
    '.github/workflows/broken.yml': BROKEN,
    '.github/workflows/nested.yml': NESTED,
    '.github/workflows/grouped.yml': GROUPED,
  },
  args: ['--secret', 'S=some-secret', '--secret', 'T=other-secret'],
});

/** A caller with this job, of a workflow with this `on`. */
function call(job: string, definitions: string, message: string | undefined, more = ''): Check {
  const text = `on: push\n${more}jobs: { caller: { uses: ./.github/workflows/c.yml, ${job} } }`;
  return {
    what: `${job} ${definitions} ${more}`.trim(),
    actual: async () => {
      const entry = parseWorkflow(text, 'w.yml');
      if (!entry.ok) return entry.error.map((diagnostic) => diagnostic.message);
      const called = `on: ${definitions}\njobs: { inner: { ${JOB}, permissions: { contents: write } } }`;
      const origin = { path: '.github/workflows/w.yml' };
      const resolved = await resolveCalls({ workflow: entry.value.value, file: 'w.yml', origin }, async (from) => ({
        ok: true,
        value: { text: called, file: 'c.yml', origin: from },
      }));
      return resolved.ok ? [] : resolved.error.map((diagnostic) => diagnostic.message);
    },
    expected: message === undefined ? [] : [expect.stringContaining(message)],
  };
}

export const calls: Subject = {
  title: 'Reusable workflows',
  features: [
    works(
      '`uses: ./.github/workflows/x.yml`, for a workflow that has `workflow_call`',
      call('', 'workflow_call', undefined),
      call('', 'push', 'workflow_call key is not defined in the referenced workflow.'),
    ),
    works(
      'Inputs: `with`, defaults, and what an input is that nobody gives',
      run.jobs(
        {
          given: 'uses: ./.github/workflows/callee.yml\nwith: { text: hi, flag: true, number: 4, preset: x }',
          least: 'uses: ./.github/workflows/callee.yml\nwith: { text: "${{ github.ref_name }}" }',
        },
        {
          'given.inner': { says: ['hi true 4 x', expect.anything(), expect.anything()], name: 'given / inner' },
          'least.inner': { says: ['main false 3 push', expect.anything(), expect.anything()] },
        },
      ),
    ),
    works(
      'Inputs that are unknown, missing, or of the wrong type are errors',
      call('with: { nope: 1 }', 'workflow_call', 'Invalid input, nope is not defined in the referenced workflow.'),
      call(
        '',
        '{ workflow_call: { inputs: { a: { type: string, required: true } } } }',
        'Input a is required, but not provided',
      ),
      call('with: { a: text }', '{ workflow_call: { inputs: { a: { type: boolean } } } }', "Unexpected value 'text'"),
    ),
    works(
      '`secrets`: by name, or `inherit`; without it the called workflow has none',
      run.jobs(
        {
          'by-name': 'uses: ./.github/workflows/callee.yml\nwith: { text: a }\nsecrets: { token: "${{ secrets.T }}" }',
          inherit: 'uses: ./.github/workflows/callee.yml\nwith: { text: a }\nsecrets: inherit',
          nothing: 'uses: ./.github/workflows/callee.yml\nwith: { text: a }',
        },
        {
          'by-name.inner': { log: ['callee [token] [] []'] },
          'inherit.inner': { log: ['callee [] [] [S]'] },
          'nothing.inner': { log: ['callee [] [] []'] },
        },
      ),
      call('secrets: { x: y }', 'workflow_call', 'Invalid secret, x is not defined'),
      call('', '{ workflow_call: { secrets: { s: { required: true } } } }', 'Secret s is required, but not provided'),
    ),
    works(
      "The `env` of the caller is not seen; the `github` context is the caller's, and `job.workflow_*` tell of the called file",
      run.jobs(
        { seen: 'uses: ./.github/workflows/callee.yml\nwith: { text: a }' },
        { 'seen.inner': { log: ['= [] callee', '= Caller push .github/workflows/callee.yml'] } },
      ),
    ),
    works(
      'Outputs, by `on.workflow_call.outputs`',
      run.jobs(
        {
          speaker: 'uses: ./.github/workflows/callee.yml\nwith: { text: word }',
          listener: body('needs: speaker', 'echo "= ${{ needs.speaker.outputs.said }} ${{ needs.speaker.result }}"'),
        },
        { listener: { says: ['word-success success'] } },
      ),
    ),
    works(
      'The result of the calling job is the worst of the called ones',
      run.jobs(
        {
          worst: 'uses: ./.github/workflows/broken.yml',
          verdict: body('needs: worst\nif: always()', 'echo "= ${{ needs.worst.result }}"'),
          skipped: 'if: false\nuses: ./.github/workflows/broken.yml',
          unseen: body('needs: skipped\nif: always()', 'echo "= ${{ needs.skipped.result }}"'),
        },
        { 'worst.works': {}, verdict: { says: ['failure'] }, unseen: { says: ['skipped'] } },
      ),
    ),
    works(
      'A matrix over a calling job',
      run.jobs(
        {
          many: 'strategy: { matrix: { v: [x, y] } }\nuses: ./.github/workflows/callee.yml\nwith: { text: "${{ matrix.v }}" }',
        },
        { 'many+x.inner': { name: 'many (x) / inner' }, 'many+y.inner': { log: ['= y false 3'] } },
      ),
    ),
    works(
      'Workflows that are called may call others, ten levels in all',
      run.jobs(
        {
          outer: 'uses: ./.github/workflows/nested.yml',
          end: body('needs: outer', 'echo "= ${{ needs.outer.outputs.deep }}"'),
        },
        { 'outer.call.inner': { name: 'outer / call / inner' }, end: { says: ['deep-success'] } },
      ),
      {
        what: 'one that calls itself',
        actual: async () => {
          const text = 'on: [push, workflow_call]\njobs: { a: { uses: ./.github/workflows/w.yml } }';
          const entry = parseWorkflow(text, 'w.yml');
          if (!entry.ok) return entry.error;
          const origin = { path: '.github/workflows/w.yml' };
          const resolved = await resolveCalls({ workflow: entry.value.value, file: 'w.yml', origin }, async (from) => ({
            ok: true,
            value: { text, file: 'w.yml', origin: from },
          }));
          return resolved.ok ? [] : resolved.error[0]?.message;
        },
        expected: expect.stringContaining('depth exceeded'),
      },
    ),
    works('At most 50 workflows in all', {
      what: '51',
      actual: async () => {
        const jobs = Array.from({ length: 51 }, (_, n) => `  j${n}: { uses: ./.github/workflows/c${n}.yml }`);
        const entry = parseWorkflow(`on: push\njobs:\n${jobs.join('\n')}\n`, 'w.yml');
        if (!entry.ok) return entry.error;
        const origin = { path: '.github/workflows/w.yml' };
        const resolved = await resolveCalls({ workflow: entry.value.value, file: 'w.yml', origin }, async (from) => ({
          ok: true,
          value: { text: `on: workflow_call\njobs: { inner: { ${JOB} } }`, file: from.path, origin: from },
        }));
        return resolved.ok ? [] : resolved.error.map((diagnostic) => diagnostic.message);
      },
      expected: ['The maximum file count of 51 has been exceeded'],
    }),
    works(
      'Permissions can only shrink on the way down',
      call(
        'permissions: { contents: read }',
        'workflow_call',
        "requesting 'contents: write', but is only allowed 'contents: read'",
      ),
      call('', 'workflow_call', 'is only allowed', 'permissions: { contents: read }\n'),
      call('permissions: { contents: write }', 'workflow_call', undefined),
    ),
    works(
      '`uses: owner/repo/.github/workflows/x.yml@ref`: what that file calls and uses comes from its own repository',
      run.jobs(
        {
          remote: 'uses: far/away/.github/workflows/there.yml@v1\nwith: { text: hi }',
          back: body('needs: remote', 'echo "= ${{ needs.remote.outputs.answer }}"'),
        },
        {
          'remote.ask': { says: ['hi from far/away'], name: 'remote / ask' },
          'remote.below.deep': { says: ['deep'] },
          back: { says: ['hi!'] },
        },
      ),
    ),
    works(
      'The `concurrency` of a called workflow holds, beside that of the calling job',
      run.jobs(
        {
          'group-1': 'uses: ./.github/workflows/grouped.yml',
          'group-2': 'uses: ./.github/workflows/grouped.yml',
          'group-3': 'uses: ./.github/workflows/grouped.yml',
        },
        { 'group-1.inner': {}, 'group-2': { ends: 'cancelled: concurrency' }, 'group-3.inner': {} },
      ),
    ),
  ],
};
