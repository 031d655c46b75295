/** Workflow runs that do not come to their end: killed, told to stop twice, without a place to work in. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRepository, endings, orch, processesWith, type Repository, startOrch, waitUntil } from './rig/index.ts';

const LONG = `
name: Long
on: push
jobs:
  before:
    runs-on: ubuntu-latest
    steps: [{ run: 'true' }]
  long:
    needs: before
    runs-on: ubuntu-latest
    steps:
      - run: |
          mkdir sealed && touch sealed/x && chmod a-w sealed
          trap 'until tell asked; do :; done' INT TERM
          tell begun
          until [ -e never ]; do sleep 0.05 || true; done
`;

function repository(): Repository {
  return createRepository({ untidy: true, files: { '.github/workflows/long.yml': LONG } });
}

/** The directories of runs that have working trees. */
function workDirectories(repo: Repository): readonly string[] {
  const work = join(repo.place.cache, 'orch/work');
  return readdirSync(work).flatMap((name) => readdirSync(join(work, name)));
}

it('a run that was killed is told from one that is on, and cleaned up: clones, processes, temporary files', async () => {
  const repo = repository();
  const started = startOrch(repo, ['run', 'long']);
  await repo.heard('begun');
  const run = await started.run();
  expect((await orch(repo, ['clean'])).stdout).toBe('There is nothing to clean up.\n');
  started.kill('SIGKILL');
  await started.ended;
  expect(workDirectories(repo)).toEqual([run]);
  const uploads = `logs/runs/${run}/artifacts/.incoming`;
  repo.write(`${uploads}/1/1`, 'half of an artifact');

  const status = await orch(repo, ['status']);
  expect(status.stdout).toContain('crashed: its process is gone');
  expect(status.stdout).toContain('orch clean');
  const listed = await orch(repo, ['clean', '--dry-run']);
  expect(listed.stdout).toMatch(new RegExp(`^${run} \\(crashed\\)\\n  clones    .+\\n +/.*/${run}\\n`));
  expect(workDirectories(repo)).toEqual([run]);
  const cleaned = await orch(repo, ['clean']);
  expect([cleaned.exitCode, cleaned.stderr]).toEqual([0, '']);
  expect(cleaned.stdout).toContain('emoved the clones of 1 run (');
  expect(workDirectories(repo)).toEqual([]);
  expect(existsSync(join(repo.root, uploads))).toBe(false);
  await waitUntil('no process', () => processesWith(run).length === 0);
  expect((await orch(repo, ['report', '--stdout'])).stdout).toMatch(/^# DID NOT FINISH/);
});

it.each(['SIGINT', 'SIGTERM'] as const)('%s twice ends it at once; a summary says how far it came', async (signal) => {
  const repo = repository();
  const started = startOrch(repo, ['run', 'long']);
  await repo.heard('begun');
  started.kill(signal);
  await repo.heard('asked');
  const cancelling = await started.event('run.cancelling');
  await waitUntil('a wish of its own', () => Date.now() - Date.parse(cancelling.time) > 400);
  started.kill(signal);
  const { exitCode, run = '', stdout, stderr } = await started.ended;
  expect(exitCode).toBe(130);
  expect(stdout).toContain('DID NOT FINISH');
  expect(stderr).toContain('orch clean');
  expect(processesWith(run)).toEqual([]);
  expect(repo.read(`logs/runs/${run}/summary.md`)).toMatch(/^# DID NOT FINISH[^]*### long/);
  expect((await orch(repo, ['status'])).stdout).toContain(`ended at once while it was stopping: stopped by ${signal}`);
  await orch(repo, ['clean']);
  expect(workDirectories(repo)).toEqual([]);
});

it('a first signal lets the run end in order, and nothing stays behind', async () => {
  const repo = repository();
  repo.write('.github/workflows/long.yml', LONG.replace('until tell asked; do :; done', 'exit 1'));
  const started = startOrch(repo, ['run', 'long']);
  await repo.heard('begun');
  started.kill('SIGTERM');
  const { exitCode, events } = await started.ended;
  expect(exitCode).toBe(130);
  expect(endings(events)).toMatchObject({ before: 'success', long: 'cancelled' });
  expect(workDirectories(repo)).toEqual([]);
});

it('a run without a place to work in fails with a summary', async () => {
  const repo = repository();
  mkdirSync(join(repo.place.cache, 'orch'), { recursive: true });
  writeFileSync(join(repo.place.cache, 'orch/work'), 'no directory');
  const { exitCode, run = '', stdout, stderr } = await orch(repo, ['run', 'long']);
  expect([exitCode, stderr]).toEqual([1, '']);
  expect(stdout).toContain('the run could not be set up: ENOTDIR');
  expect(repo.read(`logs/runs/${run}/summary.md`)).toContain('the run could not be set up: ENOTDIR');
  expect(existsSync(join(repo.root, `logs/runs/${run}/owner.json`))).toBe(true);
});
