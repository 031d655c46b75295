import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  createRepository,
  createServer,
  endings,
  type OrchResult,
  orch,
  type Repository,
  startOrch,
} from './rig/index.ts';

const CI = '.github/workflows/ci.yml';

function logOf(repository: Repository, { run }: OrchResult, leg: string): string {
  return repository.read(`logs/runs/${run}/${leg}.log`);
}

function saidIn(log: string): readonly string[] {
  return [...log.matchAll(/^said: (.*)$/gm)].map(([, text = '']) => text);
}

const CALLED = `
on:
  workflow_call:
    inputs:
      count: { type: number, required: true }
      loud: { type: boolean, default: true }
      name: { type: string, default: "\${{ github.event_name }}er" }
    secrets: { password: { required: true }, other: {} }
    outputs:
      answer: { value: "\${{ jobs.work.outputs.answer }}/\${{ jobs.more.outputs.deep }}/\${{ jobs.work.result }}" }
env: { OWN: callee }
jobs:
  work:
    runs-on: ubuntu-latest
    outputs: { answer: "\${{ steps.it.outputs.answer }}" }
    steps:
      - id: it
        run: echo "answer=$(( \${{ inputs.count }} * 2 ))" >> "$GITHUB_OUTPUT"
      - run: |
          echo "said: \${{ inputs.count == 21 && inputs.loud == true }} \${{ inputs.name }} $OWN [$CALLER]"
          echo "said: \${{ secrets.password == 'sesame' }} [\${{ secrets.other }}\${{ secrets.MORE }}]"
          echo "said: $GITHUB_WORKFLOW \${{ github.workflow_ref }} \${{ github.repository }}"
          echo "said: \${{ job.workflow_ref }} \${{ job.workflow_repository }} \${{ job.workflow_file_path }} \${{ job.workflow_sha }}"
          ls | tr '\\n' ' ' | sed 's/^/said: /'; echo
      - uses: $/act
  more:
    uses: ./.github/workflows/inner.yml
    secrets: inherit
`;
const INNER = `
on: { workflow_call: { outputs: { deep: { value: "\${{ jobs.deep.outputs.it }}" } } } }
jobs:
  deep:
    runs-on: ubuntu-latest
    outputs: { it: "\${{ steps.it.outputs.it }}" }
    steps:
      - id: it
        run: |
          echo "said: \${{ job.workflow_ref }} \${{ secrets.password }}"
          echo "it=deep" >> "$GITHUB_OUTPUT"
`;
const ACT = `runs: { using: composite, steps: [{ shell: sh, run: 'echo "said: act of the called repository"' }] }\n`;

describe('workflows of other repositories', () => {
  test('take inputs and secrets, give outputs, and stay in their repository for what they use', async () => {
    const repository = createRepository({
      files: {
        [CI]: `
name: The caller
on: push
env: { CALLER: visible }
jobs:
  call:
    strategy: { matrix: { count: [21, 1] } }
    uses: me/shared/.github/workflows/called.yml@v1
    with: { count: "\${{ matrix.count }}" }
    secrets: { password: "\${{ secrets.PASSWORD }}" }
  after:
    needs: call
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "said: \${{ needs.call.outputs.answer }}"' }]
`,
      },
    });
    const server = createServer(repository);
    const shared = server.repository('me/shared', {
      '.github/workflows/called.yml': CALLED,
      '.github/workflows/inner.yml': INNER,
      'act/action.yml': ACT,
    });
    const sha = shared.git('rev-parse', 'HEAD');
    shared.git('tag', 'v1');
    shared.commit({ 'act/action.yml': ACT.replace('act of', 'later act of') });
    const args = ['run', 'ci', '--action-source', server.source, '--repository', 'ada/engine'];
    const result = await orch(repository, [...args, '--secret', 'PASSWORD=sesame', '--secret', 'MORE=more']);
    expect(result.exitCode).toBe(0);
    expect(saidIn(logOf(repository, result, 'call+_21.work'))).toEqual([
      'true pusher callee []',
      'true []',
      'The caller ada/engine/.github/workflows/ci.yml@refs/heads/main ada/engine',
      `me/shared/.github/workflows/called.yml@refs/tags/v1 me/shared .github/workflows/called.yml ${sha}`,
      'README.md ',
      'act of the called repository',
    ]);
    expect(saidIn(logOf(repository, result, 'call+_21.more.deep'))).toEqual([
      'me/shared/.github/workflows/inner.yml@refs/tags/v1 ***',
    ]);
    expect(saidIn(logOf(repository, result, 'after'))).toEqual([
      expect.stringMatching(/^(42|2)\/deep\/success$/) as unknown as string,
    ]);
  });

  test('call each other ten levels deep, and no deeper', async () => {
    const level = (next: string | undefined): string =>
      `on: workflow_call\njobs:\n  j: ${next === undefined ? '{ runs-on: linux, steps: [{ run: echo bottom }] }' : `{ uses: ${next} }`}\n`;
    const uses = (n: number): string => `me/deep/.github/workflows/l${n}.yml@main`;
    const repository = createRepository({
      files: {
        [CI]: `on: push\njobs: { ten: { uses: ${uses(2)} } }\n`,
        '.github/workflows/more.yml': `on: push\njobs: { eleven: { uses: ${uses(1)} } }\n`,
      },
    });
    const server = createServer(repository);
    const files = Array.from({ length: 10 }, (_, i) => [
      `.github/workflows/l${i + 1}.yml`,
      level(i === 9 ? undefined : i % 2 === 0 ? uses(i + 2) : `./.github/workflows/l${i + 2}.yml`),
    ]);
    server.repository('me/deep', Object.fromEntries(files) as Record<string, string>);
    const ten = await orch(repository, ['run', 'ci', '--action-source', server.source]);
    expect(ten.exitCode).toBe(0);
    expect(endings(ten.events)[`ten${'.j'.repeat(9)}`]).toBe('success');
    const eleven = await orch(repository, ['run', 'more', '--action-source', server.source]);
    expect(eleven).toMatchObject({ exitCode: 2, run: undefined });
    expect(eleven.stderr).toContain('Nested reusable workflow depth exceeded 9.');
  });

  const W = 'me/shared/.github/workflows';
  test.each<readonly [string, string, string]>([
    [
      'an input nobody knows',
      `{ uses: ${W}/ok.yml@v1, with: { x: 1 } }`,
      'Invalid input, x is not defined in the referenced workflow.',
    ],
    ['an input that is missing', `{ uses: ${W}/asks.yml@v1 }`, 'Input n is required, but not provided while calling.'],
    [
      'a secret that is missing',
      `{ uses: ${W}/asks.yml@v1, with: { n: 1 } }`,
      'Secret s is required, but not provided while calling.',
    ],
    [
      'a secret nobody knows',
      `{ uses: ${W}/ok.yml@v1, secrets: { x: y } }`,
      'Invalid secret, x is not defined in the referenced workflow.',
    ],
    [
      'more than it may do',
      `{ uses: ${W}/writes.yml@v1, permissions: { contents: read } }`,
      "The nested job 'j' is requesting 'contents: write', but is only allowed 'contents: read'.",
    ],
    [
      'what cannot be called',
      `{ uses: ${W}/plain.yml@v1 }`,
      'workflow_call key is not defined in the referenced workflow.',
    ],
    [
      'a file that is not there',
      `{ uses: ${W}/none.yml@v1 }`,
      `The workflow ${W}/none.yml@v1 was not found: the repository has no file .github/workflows/none.yml`,
    ],
    ['a version that is not there', `{ uses: ${W}/ok.yml@v9 }`, 'unable to find version `v9`'],
    ['a mistake in the called file', `{ uses: ${W}/wrong.yml@v1 }`, "Unexpected value 'nope'"],
  ])('%s is said before anything runs', async (_, job, message) => {
    const repository = createRepository({ files: { [CI]: `on: push\njobs:\n  call: ${job}\n` } });
    const server = createServer(repository);
    const body = 'jobs: { j: { runs-on: linux, steps: [{ run: echo }] } }\n';
    const asks =
      'on: { workflow_call: { inputs: { n: { type: number, required: true } }, secrets: { s: { required: true } } } }';
    server
      .repository('me/shared', {
        '.github/workflows/ok.yml': `on: workflow_call\n${body}`,
        '.github/workflows/asks.yml': `${asks}\n${body}`,
        '.github/workflows/writes.yml': `on: workflow_call\n${body.replace('runs-on', 'permissions: { contents: write }, runs-on')}`,
        '.github/workflows/plain.yml': `on: push\n${body}`,
        '.github/workflows/wrong.yml': `on: workflow_call\nnope: 1\n${body}`,
      })
      .git('tag', 'v1');
    const result = await orch(repository, ['run', 'ci', '--action-source', server.source]);
    expect(result).toMatchObject({ exitCode: 2, run: undefined });
    expect(result.stderr).toContain(message);
  });

  test('come from the cache or a folder when there is no network', async () => {
    const repository = createRepository({
      files: { [CI]: `on: push\njobs: { call: { uses: ${W}/inner.yml@main } }\n` },
    });
    const server = createServer(repository);
    const args = ['run', 'ci', '--offline', '--action-source', server.source];
    const missing = await orch(repository, args);
    expect(missing).toMatchObject({ exitCode: 2, run: undefined });
    expect(missing.stderr).toContain(
      `The workflow ${W}/inner.yml@main is not in the cache, and --offline forbids to fetch it`,
    );
    expect(missing.stderr).toContain('--action me/shared@main=DIR');
    server.repository('me/shared', { '.github/workflows/inner.yml': INNER });
    await orch(repository, ['run', 'ci', '--action-source', server.source]);
    server.remove('me/shared');
    const cached = await orch(repository, args);
    expect(saidIn(logOf(repository, cached, 'call.deep'))).toEqual([`${W}/inner.yml@refs/heads/main `]);
    repository.write('../mine/.github/workflows/inner.yml', INNER);
    const folder = await orch(repository, [...args, '--action', 'me/shared@main=../mine']);
    expect(saidIn(logOf(repository, folder, 'call.deep'))).toEqual([`${W}/inner.yml@main `]);
  });

  test('that are being fetched stop at Ctrl-C, before there is a run', async () => {
    const repository = createRepository({
      files: { [CI]: `on: push\njobs: { call: { uses: ${W}/inner.yml@main } }\n` },
    });
    const ssh = join(repository.place.top, 'ssh');
    writeFileSync(ssh, '#!/bin/sh\ntell asked; await-note never\n', { mode: 0o755 });
    const args = ['run', 'ci', '--action-source', 'ssh://host/{owner}/{repo}'];
    const started = startOrch(repository, args, { env: { GIT_SSH_COMMAND: ssh, GIT_SSH_VARIANT: 'simple' } });
    await repository.heard('asked');
    started.kill('SIGINT');
    expect(await started.ended).toMatchObject({ exitCode: 130, run: undefined });
  });
});

test('a called workflow runs by hand, with inputs and secrets of its own', async () => {
  const by = { '.github/workflows/called.yml': CALLED, '.github/workflows/inner.yml': INNER, 'act/action.yml': ACT };
  const repository = createRepository({ files: by });
  const args = ['run', 'called', '--event', 'workflow_call', '--secret', 'password=sesame'];
  const result = await orch(repository, [...args, '--input', 'count=21', '--env', 'CALLER=me', '--job', 'work']);
  expect(result.exitCode).toBe(0);
  expect(saidIn(logOf(repository, result, 'work')).slice(0, 2)).toEqual([
    'true workflow_caller callee [me]',
    'true []',
  ]);
  const bad = await orch(repository, [...args, '--input', 'count=many']);
  expect(bad.exitCode).toBe(2);
  expect(bad.stderr).toContain("Provided value 'many' for input 'count' is not a number");
  const missing = await orch(repository, ['run', 'called', '--event', 'workflow_call', '--input', 'count=21']);
  expect(missing.exitCode).toBe(2);
  expect(missing.stderr).toContain('Secret password is required, but not provided while calling.');
});

test('what deserves a word in a called workflow is said before it runs, and when it is paused and taken up', async () => {
  const repository = createRepository({
    files: {
      [CI]: 'on: push\njobs: { call: { uses: ./.github/workflows/called.yml } }\n',
      '.github/workflows/called.yml': `
on: workflow_call
jobs:
  inner:
    runs-on: ubuntu-latest
    steps:
      - if: "\${{ false }} || true"
        run: test -e fixed
`,
    },
  });
  const word = /called\.yml:7:\d+: warning: .*\[always-true\]/;
  const paused = await orch(repository, ['run', 'ci', '--pause-on-failure']);
  expect([paused.exitCode, paused.stderr]).toEqual([77, expect.stringMatching(word)]);
  const ended = await orch(repository, ['abort', paused.run ?? '']);
  expect([ended.exitCode, ended.stderr]).toEqual([0, expect.stringMatching(word)]);
  expect((await orch(repository, ['plan', 'ci'])).stderr).toMatch(word);
});
