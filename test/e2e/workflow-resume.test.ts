/** A paused run that is taken up: after its process was killed, beside others that want the same, and wherever its jobs come from. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  createRepository,
  endings,
  eventsOf,
  type OrchResult,
  orch,
  processesWith,
  type Repository,
  startOrch,
} from './rig/index.ts';

const CI = '.github/workflows/ci.yml';

function workspaceOf({ events }: OrchResult, leg: string): string {
  const paused = eventsOf(events, 'job.paused').find((event) => event.leg === leg);
  if (paused === undefined) throw new Error(`${leg} is not paused`);
  return paused.workspace;
}

function logOf({ root }: Repository, run: string, leg: string): string {
  return readFileSync(join(root, 'logs/runs', run, `${leg}.log`), 'utf8');
}

it('a run that is killed in the midst of a retry stands where it stood, and what had begun begins anew', async () => {
  const repository = createRepository({
    untidy: true,
    files: {
      [CI]: `
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: echo first >> made.txt
      - run: test -e fixed.txt
      - run: tell retrying; until test -e go.txt; do sleep 0.05; done
      - run: cat made.txt
  after:
    needs: build
    runs-on: ubuntu-latest
    steps: [{ run: 'test ! -e half.txt; touch half.txt; tell after; await-note finish; echo whole' }]
`,
    },
  });
  const first = await orch(repository, ['run', 'ci', '--pause-on-failure']);
  const run = String(first.run);
  const workspace = workspaceOf(first, 'build');
  writeFileSync(join(workspace, 'fixed.txt'), '');

  const retry = startOrch(repository, ['retry']);
  await repository.heard('retrying');
  const busy = await orch(repository, ['retry', run]);
  expect(busy).toMatchObject({ exitCode: 2 });
  retry.kill('SIGKILL');
  await retry.ended;

  expect((await orch(repository, ['status', run])).stdout).toContain(`orch retry ${run}`);
  expect((await orch(repository, ['clean'])).stdout).not.toContain('working tree');
  writeFileSync(join(workspace, 'go.txt'), '');
  const again = startOrch(repository, ['retry']);
  await repository.heard('after');
  again.kill('SIGKILL');
  await again.ended;

  // Nothing stands still any more; the job that ran begins anew.
  expect((await orch(repository, ['abort', run])).stderr).toContain('is not paused');
  repository.tell('finish');
  const last = await orch(repository, ['retry', run]);
  expect([last.exitCode, last.stderr]).toEqual([0, expect.any(String)]);
  const events = repository.events(run);
  expect(endings(events)).toEqual({ build: 'success', after: 'success' });
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
  expect(logOf(repository, run, 'build').match(/^first$/gm)).toHaveLength(1);
  expect(logOf(repository, run, 'after')).toContain('it begins anew');
  expect(processesWith(run)).toEqual([]);
});

it('asks for its concurrency groups again, and stays paused while another run has them', async () => {
  const repository = createRepository({
    files: {
      [CI]: `
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    concurrency: production
    steps: [{ run: 'test -e fixed.txt' }]
`,
      '.github/workflows/other.yml': `
on: push
jobs:
  hold:
    runs-on: ubuntu-latest
    concurrency: Production
    steps: [{ run: 'tell holding; await-note release' }]
`,
    },
  });
  const first = await orch(repository, ['run', 'ci', '--pause-on-failure']);
  writeFileSync(join(workspaceOf(first, 'deploy'), 'fixed.txt'), '');
  const other = startOrch(repository, ['run', 'other']);
  await repository.heard('holding');
  const held = await orch(repository, ['retry']);
  expect(held.exitCode).toBe(77);
  expect(held.stderr + held.stdout).toContain('held by hold of run');
  repository.tell('release');
  expect((await other.ended).exitCode).toBe(0);
  expect((await orch(repository, ['retry'])).exitCode).toBe(0);
  expect(endings(repository.events(first.run))).toEqual({ deploy: 'success' });
});

it('takes up the job of a called workflow, legs of a matrix one by one, and an action within an action', async () => {
  const repository = createRepository({
    files: {
      [CI]: `
on: push
jobs:
  call: { uses: ./.github/workflows/called.yml, with: { word: given } }
  legs:
    runs-on: ubuntu-latest
    strategy: { fail-fast: false, matrix: { n: [1, 2] } }
    steps: [{ uses: ./outer, with: { n: '\${{ matrix.n }}' } }]
  after:
    needs: [call, legs]
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "got \${{ needs.call.outputs.said }}"' }]
`,
      '.github/workflows/called.yml': `
on:
  workflow_call:
    inputs: { word: { type: string } }
    outputs: { said: { value: '\${{ jobs.inner.outputs.said }}' } }
jobs:
  inner:
    runs-on: ubuntu-latest
    outputs: { said: '\${{ steps.say.outputs.said }}' }
    steps:
      - run: |
          echo '{"problemMatcher":[{"owner":"m","pattern":[{"regexp":"^BAD (.+)$","message":1}]}]}' > "$RUNNER_TEMP/m.json"
          echo "::add-matcher::$RUNNER_TEMP/m.json"
      - id: say
        run: test -e fixed.txt; echo "BAD luck"; echo "said=\${{ inputs.word }}" >> "$GITHUB_OUTPUT"
`,
      'outer/action.yml': `
name: outer
description: outer
inputs: { n: {} }
runs:
  using: composite
  steps:
    - { shell: bash, run: 'echo begins \${{ inputs.n }}' }
    - uses: ./node
      with: { n: '\${{ inputs.n }}' }
`,
      'node/action.yml':
        'name: n\ndescription: n\ninputs: { n: {} }\nruns: { using: node20, main: main.js, post: post.js }\n',
      'node/main.js': "process.exit(require('fs').existsSync('fixed.txt') ? 0 : 1);",
      'node/post.js': "console.log('post of ' + process.env.INPUT_N);",
    },
  });
  const first = await orch(repository, ['run', 'ci', '--pause-on-failure']);
  const run = String(first.run);
  expect(first.exitCode).toBe(77);
  const legs = eventsOf(first.events, 'job.paused').map(({ leg }) => leg);
  expect(legs).toHaveLength(3);
  for (const leg of legs) writeFileSync(join(workspaceOf(first, leg), 'fixed.txt'), '');

  const [one = ''] = legs.filter((leg) => leg.startsWith('legs'));
  expect((await orch(repository, ['retry', '--job', one])).exitCode).toBe(77);
  expect(endings(repository.events(run))).toEqual({ [one]: 'success' });
  expect((await orch(repository, ['retry'])).exitCode).toBe(0);
  const events = repository.events(run);
  expect(new Set(Object.values(endings(events)))).toEqual(new Set(['success']));
  expect(logOf(repository, run, 'after')).toContain('got given');
  expect(eventsOf(events, 'annotation').filter(({ message }) => message === 'luck')).toHaveLength(1);
  for (const leg of legs.filter((name) => name.startsWith('legs'))) {
    expect(logOf(repository, run, leg).match(/post of \d/g)).toHaveLength(1);
  }
  const summary = repository.read(`logs/runs/${run}/summary.md`);
  expect(summary).toContain('after a retry of');
  expect(summary).not.toContain('failed');
});

it.runIf(process.platform === 'linux').each(['SIGINT', 'SIGTERM'] as const)(
  'a run that is paused on a terminal ends by %s as any other',
  async (signal) => {
    const repository = createRepository({
      files: {
        [CI]: 'on: push\njobs: { a: { runs-on: ubuntu-latest, steps: [{ uses: ./act }, { run: exit 3 }, { if: always(), run: echo cleaned }] } }\n',
        'act/action.yml': 'name: a\ndescription: a\nruns: { using: node20, main: main.js, post: post.js }\n',
        'act/main.js': '',
        'act/post.js': "console.log('post stage');",
      },
    });
    const terminal = startOrch(repository, ['run', 'ci', '--pause-on-failure'], { terminal: true });
    await terminal.event('job.paused');
    expect((await orch(repository, ['status'])).stdout).toContain('orch abort');
    const run = await terminal.run();
    if (signal === 'SIGINT') terminal.type('\u0003');
    else
      process.kill(
        (JSON.parse(repository.read(`logs/runs/${run}/owner.json`)) as { readonly pid: number }).pid,
        signal,
      );
    const { exitCode } = await terminal.ended;
    expect(exitCode).toBe(130);
    expect(endings(repository.events(run))).toEqual({ a: 'exit-code' });
    expect(logOf(repository, run, 'a')).toContain('post stage');
    expect((await orch(repository, ['status', '--format', 'json'])).stdout).toMatch(/"state": ?"finished"/);
    expect((await orch(repository, ['clean'])).stdout).toContain('nothing to clean up');
    expect(processesWith(run)).toEqual([]);
  },
);

it.runIf(process.platform === 'linux')(
  '--shell-on-failure opens a shell where a step failed, and goes on when it is left',
  async () => {
    const repository = createRepository({
      files: {
        [CI]: `
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: mkdir deep
      - { working-directory: deep, env: { WORD: '\${{ secrets.TOKEN }}' }, run: exit 3 }
      - { if: failure(), run: cat deep/left.txt }
`,
      },
    });
    const terminal = startOrch(
      repository,
      ['run', 'ci', '--secret', 'TOKEN', '--shell-on-failure', '--pause-on-failure'],
      {
        terminal: true,
        env: { TOKEN: 'hunter22-hunter22', SHELL: '/bin/sh', TERM: 'dumb' },
      },
    );
    await terminal.said('leave the shell to go on');
    terminal.type('echo "seen ${#WORD}" > left.txt\n');
    terminal.type('exit\n');
    await terminal.event('job.paused');
    expect((await orch(repository, ['abort'])).exitCode).toBe(0);
    const { exitCode, events } = await terminal.ended;
    expect([exitCode, endings(events)]).toEqual([1, { a: 'exit-code' }]);
    const { run } = await terminal.ended;
    expect(logOf(repository, String(run), 'a')).not.toContain('seen');
  },
);
