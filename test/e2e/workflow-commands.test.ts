/** What a second terminal tells of workflow runs: status, logs, reports, of the newest run or of one that is named. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRepository, orch, type Repository, startOrch } from './rig/index.ts';

const CI = `
name: CI
on: push
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - run: echo linted
  test:
    needs: lint
    runs-on: ubuntu-latest
    strategy: { fail-fast: false, matrix: { part: [a, b] } }
    steps:
      - run: echo "part \${{ matrix.part }}"
      - run: test "\${{ matrix.part }}" = a
`;
const SLOW = `
name: Slow
on: push
jobs:
  wait:
    runs-on: ubuntu-latest
    steps:
      - run: echo here; tell begun; await-note go; echo there
`;

function withWorkflows(): Repository {
  return createRepository({
    files: { '.github/workflows/ci.yml': CI, '.github/workflows/slow.yml': SLOW },
    config: { tasks: [{ name: 'api', command: 'echo of a task' }] },
  });
}

it('status, logs and report know a workflow run that is over', async () => {
  const repo = withWorkflows();
  const { run = '', exitCode } = await orch(repo, ['run', 'ci']);
  expect(exitCode).toBe(1);
  const summary = `logs/runs/${run}/summary.md`;

  const status = await orch(repo, ['status']);
  expect(status.stdout).toContain(`CI · first · ${run}`);
  expect(status.stdout).toMatch(/✖ test \(b\).*failed: Process completed with exit code 1\./);
  expect(status.stdout).toMatch(new RegExp(`^summary +${summary}$`, 'm'));
  const json = JSON.parse((await orch(repo, ['status', '--format', 'json', run])).stdout) as object;
  expect(json).toMatchObject({ run, name: 'CI', kind: 'workflow', state: 'finished', result: 'failure', exitCode: 1 });

  expect((await orch(repo, ['logs'])).stdout).toMatch(/lint .*\n.*test\+a .*\n.*test\+b .*failed/);
  expect((await orch(repo, ['logs', run, 'lint'])).stdout).toContain('\nlinted\n');
  expect((await orch(repo, ['logs', '-n', '1', 'test+a'])).stdout).not.toBe('');
  expect(await orch(repo, ['logs', 'test'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('test has 2 logs'),
  });

  const before = readFileSync(join(repo.root, summary));
  expect((await orch(repo, ['report'])).stdout).toBe(`${summary}\n`);
  expect(readFileSync(join(repo.root, summary)).equals(before)).toBe(true);
  expect((await orch(repo, ['report', '--stdout'])).stdout).toBe(before.toString());
  expect(repo.exists('docs/orchestrator-run-summary.md')).toBe(false);
});

it('the newest run is meant, of tasks or of a workflow, and others that are on are named', async () => {
  const repo = withWorkflows();
  const slow = startOrch(repo, ['run', 'slow']);
  await repo.heard('begun');
  const first = await slow.run();
  expect((await orch(repo, ['status'])).stdout).toContain(`Slow · first · ${first}\nrunning for`);
  const following = startOrch(repo, ['logs', '-f', 'wait']);
  await following.said('here');

  const { run: second = '' } = await orch(repo, ['run']);
  const status = await orch(repo, ['status']);
  expect(status.stdout).toContain(second);
  expect(status.stderr).toBe(`orch: this is run ${second}; one more is on:\n  ${first}  Slow\n`);
  expect((await orch(repo, ['status', first])).stderr).toBe('');
  expect((await orch(repo, ['logs', 'api'])).stdout).toContain('of a task');
  expect((await orch(repo, ['logs', 'wait'])).stderr).toContain(`run ${first} has: orch logs ${first} wait`);
  // The fixed names stay those of the tasks.
  expect(repo.read('docs/orchestrator-run-summary.md')).toContain(second);

  repo.tell('go');
  expect((await slow.ended).exitCode).toBe(0);
  expect((await following.ended).stdout).toMatch(/\nhere\nthere\n$/);
  const late = await orch(repo, ['status', first]);
  expect([late.stdout.includes('succeeded after'), late.stderr]).toEqual([true, '']);
});

it('old runs are forgotten after a run, whatever they ran', async () => {
  const repo = withWorkflows();
  for (let n = 0; n < 21; n++) {
    const run = `20200101-0000${String(n).padStart(2, '0')}-aaaa`;
    repo.write(`logs/runs/${run}/events.jsonl`, '');
    repo.write(`logs/runs/${run}/artifacts/x`, '');
  }
  await orch(repo, ['run', 'ci', '--job=lint']);
  expect(repo.runs()).toHaveLength(20);
  expect(repo.runs()[0]).toBe('20200101-000002-aaaa');
});
