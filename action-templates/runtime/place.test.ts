import { mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openMemo } from './memo.ts';
import { readPlace } from './place.ts';

let temporary = '';
beforeEach(() => {
  temporary = realpathSync(mkdtempSync(join(tmpdir(), 'orch-place-')));
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

const env = () => ({
  GITHUB_JOB: 'build',
  GITHUB_RUN_ID: '17',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_WORKSPACE: '/w',
  RUNNER_TEMP: temporary,
});

it('names the run by its attempt, and a leg by its number in the matrix', async () => {
  expect(await readPlace(env(), { 'leg-index': '0', matrix: 'null' })).toEqual({
    job: { run: '17-2', job: 'build', leg: 'build' },
    index: 0,
    workspace: '/w',
    directory: join(temporary, 'orch'),
    worktrees: join(temporary, 'orch-worktrees'),
  });
  expect((await readPlace(env(), { 'leg-index': '3', matrix: '{"os":"x"}' })).job.leg).toBe('build+4');
  expect((await readPlace({ ...env(), GITHUB_RUN_ATTEMPT: undefined }, {})).job.run).toBe('17-1');
  // Nobody else on the machine reads what steps tell each other.
  expect(statSync(join(temporary, 'orch')).mode & 0o777).toBe(0o700);
});

it.each(['GITHUB_JOB', 'GITHUB_RUN_ID', 'GITHUB_WORKSPACE', 'RUNNER_TEMP'])('says that %s is missing', async (name) => {
  await expect(readPlace({ ...env(), [name]: '' }, {})).rejects.toThrow(`${name} is not set: this is an action`);
});

it('a memo goes from one process to the next', () => {
  openMemo(temporary).write('../key', { a: [1, null] });
  const next = openMemo(temporary);
  expect(next.read('../key')).toEqual({ a: [1, null] });
  expect(next.read('other')).toBeUndefined();
});

it('a memo that is none any more is told in a sentence', () => {
  const memo = openMemo(temporary);
  writeFileSync(join(temporary, 'memo', 'key.json'), '{');
  expect(() => memo.read('key')).toThrow(/what an earlier step has left for this one cannot be read: .*key\.json$/);
});
