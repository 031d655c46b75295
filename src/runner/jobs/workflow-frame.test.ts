import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { job, run } from './testing/workflow-job.ts';

describe('run steps', () => {
  it('see env of each level, write files for later ones, and give outputs', async () => {
    const { outcome, log } = await run(
      job(
        `
      - id: one
        env: { BOTH: step }
        run: |
          echo "$W $BOTH \${{ env.BOTH }} $GITHUB_JOB $(cat "$GITHUB_EVENT_PATH")"
          echo "x=1" >> "$GITHUB_OUTPUT"
          echo "LATER=\${{ github.ref }}" >> "$GITHUB_ENV"
          mkdir bin && printf '#!/bin/sh\\necho from the path' > bin/tool && chmod +x bin/tool
          echo "$PWD/bin" >> "$GITHUB_PATH"
      - run: tool && echo "$LATER \${{ env.LATER }} \${{ steps.one.outputs.x }}"
        shell: bash
`,
        `    env: { BOTH: job }\n    outputs: { x: '\${{ steps.one.outputs.x }}' }\n`,
      ),
    );
    expect(log).toContain('workflow step step j {"action":"opened"}');
    expect(log).toContain('from the path\nrefs/heads/main refs/heads/main 1\n');
    expect(outcome).toEqual({ result: 'success', outputs: { x: '1' } });
  });

  it('fail with their exit code; later ones ask for the failure', async () => {
    const { outcome, log, events } = await run(
      job(`
      - run: exit 3
      - run: echo never
      - if: failure()
        run: echo tidy \${{ job.status }}
`),
    );
    expect(outcome).toMatchObject({
      result: 'failure',
      failure: { code: 'exit-code', message: 'Process completed with exit code 3.' },
    });
    expect(log).toContain('##[error]Process completed with exit code 3.');
    expect(log).toContain('tidy failure\n');
    expect(log).not.toContain('never\n');
    expect(events).toContainEqual(expect.objectContaining({ type: 'annotation', level: 'error', step: 1 }));
  });

  it('that fail tell the last that they printed', async () => {
    const { events } = await run(
      job(`
      - run: echo of another
      - run: echo one; echo hunter22; echo "::group::g"; echo two; exit 1
`),
    );
    const ends = events.flatMap((event) => (event.type === 'step.finished' ? [event.lastLines] : []));
    expect(ends).toEqual([undefined, ['one', '***', '##[group]g', 'two']]);
  });

  it('mask what is secret from the start and what becomes so', async () => {
    const { log, events } = await run(
      job(`
      - run: |
          echo "\${{ secrets.TOKEN }}"
          echo "::add-mask::mellon"
          echo "say mellon"
          echo "::warning file=a.txt,line=3,title=T::mellon is out"
          echo "# mellon" >> "$GITHUB_STEP_SUMMARY"
`),
    );
    expect(log).not.toMatch(/hunter22|^say mellon/m);
    expect(log).toContain('say ***');
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'annotation',
        level: 'warning',
        message: '*** is out',
        file: 'a.txt',
        line: 3,
        title: 'T',
      }),
    );
    expect(events).toContainEqual(expect.objectContaining({ type: 'step.summary', markdown: '# ***\n' }));
  });

  it('leave servers to the steps behind them, until the job ends', async () => {
    const { outcome, log, work } = await run(
      job(`
      - run: (while :; do date > alive; sleep 0.02; done) > /dev/null 2>&1 & echo $! > pid
      - run: rm -f alive; until [ -e alive ]; do sleep 0.02; done; echo still there
`),
    );
    expect(outcome.result).toBe('success');
    expect(log).toContain('still there\n');
    rmSync(join(work, 'alive'), { force: true });
    expect(() => readFileSync(join(work, 'alive'))).toThrow('ENOENT');
  });

  it.each([
    ['a job container', '    container: alpine\n', 'container engine'],
    ['services', '    services: { db: { image: postgres } }\n', 'container engine'],
  ])('do not run beside %s', async (_, more, message) => {
    const { outcome, log } = await run(job('      - run: echo never\n', more));
    expect(outcome.failure?.message).toContain(message);
    expect(log).not.toContain('never\n');
  });

  it('take defaults of the job in place of those of the workflow', async () => {
    const yaml = `on: push
defaults: { run: { shell: python, working-directory: nowhere } }
jobs:
  j:
    runs-on: ubuntu-latest
    defaults: { run: { shell: bash } }
    steps:
      - run: echo "in $(basename "$PWD")"
`;
    expect((await run(yaml)).log).toContain('in repo\n');
  });
});

it('a cancelled step is interrupted; steps and stages for the end still run', async () => {
  const cancelling = new AbortController();
  const { outcome, log } = await run(
    job(`
      - uses: far/away@v1
      - run: |
          trap 'echo interrupted; exit 1' INT
          echo "waiting $((1 + 1))"
          while :; do sleep 0.02; done
      - run: echo never
      - if: cancelled()
        run: echo "tidy \${{ job.status }}"
`),
    below('.remote', NODE_FILES),
    {
      signal: cancelling.signal,
      onLine: (line) => {
        if (line === 'waiting 2') cancelling.abort({ reason: 'user', message: 'stopped' });
      },
    },
  );
  expect(outcome).toMatchObject({ result: 'cancelled', failure: { code: 'cancelled', message: 'stopped' } });
  expect(log).toMatch(/^interrupted$[^]*^tidy cancelled$[^]*^post of world of me\/repo$/m);
  expect(log).not.toMatch(/^never$/m);
});

it('says once that it was cancelled, also when nothing is waited for any more', async () => {
  const cancelling = new AbortController();
  const { log, events } = await run(
    job(`
      - run: trap 'exit 1' INT; echo "waiting $((1 + 1))"; while :; do sleep 0.02; done
      - if: always()
        run: while :; do sleep 0.02; done
      - if: always()
        run: while :; do sleep 0.02; done
`),
    {},
    {
      cancelTimeoutMinutes: 0,
      signal: cancelling.signal,
      onLine: (line) => {
        if (line === 'waiting 2') cancelling.abort({ reason: 'user', message: 'stopped' });
      },
    },
  );
  const ends = events.flatMap((event) => (event.type === 'step.finished' ? [event.outcome] : []));
  expect(ends).toEqual(['cancelled', 'cancelled', 'cancelled']);
  expect(log.match(/The operation was canceled\./g)).toHaveLength(1);
  expect(events.filter(({ type }) => type === 'annotation')).toHaveLength(1);
});

const NODE_ACTION = `
inputs: { who: { default: 'world of \${{ github.repository }}' }, old: { deprecationMessage: use who } }
runs: { using: node20, pre: pre.js, main: main.js, post: post.js }
`;
const NODE_FILES = {
  'action.yml': NODE_ACTION,
  'pre.js': `require('fs').appendFileSync(process.env.GITHUB_STATE, 'seen=pre\\n'); console.log('pre ran');`,
  'main.js': `const fs = require('fs');
console.log('main', process.env.INPUT_WHO, process.env.STATE_seen, process.env.GITHUB_ACTION_REPOSITORY);
fs.appendFileSync(process.env.GITHUB_OUTPUT, 'said=' + process.env.INPUT_WHO + '\\n');
fs.appendFileSync(process.env.GITHUB_STATE, 'who=' + process.env.INPUT_WHO + '\\n');`,
  'post.js': `console.log('post of', process.env.STATE_who);`,
};

function below(folder: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
}

describe('node actions', () => {
  it('have stages that share state; those after come in reverse order', async () => {
    const { outcome, log, events } = await run(
      job(`
      - run: echo first
      - id: a
        uses: far/away@v1
      - uses: far/away@v1
        with: { WHO: b, stray: 1 }
      - run: echo "last \${{ steps.a.outputs.said }}"
`),
      below('.remote', NODE_FILES),
    );
    expect(outcome.result).toBe('success');
    const order = log.split('\n').filter((line) => /^(pre|main|post|first|last) /.test(`${line} `));
    expect(order).toEqual([
      'pre ran',
      'pre ran',
      'first',
      'main world of me/repo pre far/away',
      'main b pre far/away',
      'last world of me/repo',
      'post of b',
      'post of world of me/repo',
    ]);
    expect(log).toContain("##[warning]Unexpected input(s) 'stray', valid inputs are ['who', 'old']");
    expect(events.flatMap((event) => (event.type === 'step.started' ? event.name : []))).toEqual([
      'Pre Run far/away@v1',
      'Pre Run far/away@v1',
      'Run echo first',
      'Run far/away@v1',
      'Run far/away@v1',
      'Run echo "last world of me/repo"',
      'Post Run far/away@v1',
      'Post Run far/away@v1',
    ]);
  });

  it('in the workspace are found when their turn comes, without pre', async () => {
    const { outcome, log } = await run(job('      - uses: ./mine\n'), below('mine', NODE_FILES));
    expect(outcome.result).toBe('success');
    expect(log).not.toContain('pre ran');
    expect(log).toContain('post of world of me/repo');
  });

  it.each([
    ['is not there', './nowhere', 'action-not-found', /Can't find 'action.yml'/],
    ['is an image, without an engine,', 'docker://alpine', 'setup-failed', /container engine/],
    ['cannot be fetched', 'a/b@v1', 'action-not-found', /offline/],
  ])('that %s fails the job', async (_, uses, code, message) => {
    const { outcome } = await run(job(`      - uses: ${uses}\n`));
    expect(outcome).toMatchObject({ result: 'failure', failure: { code } });
    expect(outcome.failure?.message).toMatch(message);
  });
});

describe('composite actions', () => {
  it('have inputs, steps and outputs of their own; what they leave is hoisted', async () => {
    const { outcome, log } = await run(
      job(`
      - id: outer
        env: { OWN: own }
        uses: ./outer
        with: { greeting: hello }
      - run: echo "got \${{ steps.outer.outputs.sum }} $FROM_INSIDE \${{ steps.inner.outputs.v }}."
`),
      {
        'outer/action.yml': `
inputs: { greeting: {}, other: { default: def } }
outputs: { sum: { value: '\${{ steps.inner.outputs.v }}-\${{ inputs.other }}' } }
runs:
  using: composite
  steps:
    - id: inner
      shell: bash
      run: |
        echo "\${{ inputs.greeting }} $OWN \${{ env.OWN }} $(basename "$GITHUB_ACTION_PATH")"
        echo "v=\${{ inputs.greeting }}" >> "$GITHUB_OUTPUT"
        echo "FROM_INSIDE=yes" >> "$GITHUB_ENV"
    - uses: far/away@v1
      with: { who: '\${{ steps.inner.outputs.v }} $FROM_INSIDE' }
    - run: echo "seen $FROM_INSIDE"
      shell: sh
`,
        ...below('.remote', NODE_FILES),
      },
    );
    expect(outcome.result).toBe('success');
    expect(log).toContain('hello own own outer\n');
    expect(log).toContain('seen yes\n');
    expect(log).toContain('got hello-def yes .\n');
    expect(log).toContain('post of hello $FROM_INSIDE\n');
  });

  it('fail with the first of their steps, whose outputs still count', async () => {
    const { outcome, log, events } = await run(
      job(`
      - id: outer
        continue-on-error: true
        uses: ./outer
      - run: echo "\${{ steps.outer.outcome }} \${{ steps.outer.conclusion }} \${{ steps.outer.outputs.o }}"
`),
      {
        'outer/action.yml': `
outputs: { o: { value: '\${{ steps.a.outputs.o }}' } }
runs:
  using: composite
  steps:
    - { id: a, shell: bash, run: 'echo o=1 >> "$GITHUB_OUTPUT"; exit 4' }
    - { shell: bash, run: echo never }
    - { if: failure(), shell: bash, run: echo rescue }
`,
      },
    );
    expect(outcome.result).toBe('success');
    expect(log).toContain('rescue\n');
    expect(log).toContain('failure success 1\n');
    expect(log).not.toMatch(/^never$/m);
    expect(events.filter(({ type }) => type === 'annotation')).toHaveLength(1);
  });

  it('that use themselves come to an end', async () => {
    const { outcome } = await run(job('      - uses: ./loop\n'), {
      'loop/action.yml': 'runs: { using: composite, steps: [{ uses: ./loop }] }',
    });
    expect(outcome.failure?.message).toBe('Composite action depth exceeded max depth 9');
  });
});

describe('actions/checkout', () => {
  it('of the own commit is answered at once, of anything else not', async () => {
    const { outcome, log } = await run(
      job(`
      - id: c
        uses: actions/checkout@v7
        with: { fetch-depth: 0, ref: refs/heads/main }
      - run: echo "at \${{ steps.c.outputs.commit }}"
      - uses: actions/checkout@v7
        with: { repository: other/one }
`),
    );
    expect(log).toContain('at abc\n');
    expect(outcome.failure?.message).toContain('actions/checkout@v7 is not in the cache');
  });
});
