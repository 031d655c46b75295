/** What doctor sees, with programs that are there, missing, broken or too old. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CONFIG, createRepository, orch, type Repository, startOrch } from './rig/index.ts';

const DONE = 'All that orch needs is there.';

function stub(repo: Repository, name: string, script: string): void {
  const path = join(repo.place.top, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** The line of a check, without its mark. */
function lineOf(output: string, name: string): string {
  const line = output.split('\n').find((text) => new RegExp(`^\\S+ +${name} `).test(text)) ?? '';
  return line.replace(/^\S+ +\S+ +/, '');
}

it('tells what is there, in a repository and outside of one', async () => {
  const repo = createRepository();
  stub(repo, 'codex', 'echo "codex-cli 0.169.0"');
  stub(repo, 'gemini', 'cat >&2; echo broken >&2; exit 41');
  const { exitCode, stdout, stderr } = await orch(repo, ['doctor']);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(lineOf(stdout, 'git')).toMatch(/^\d+\.\d+/);
  expect(lineOf(stdout, 'node')).toBe(process.versions.node);
  expect(lineOf(stdout, 'repository')).toBe(repo.root);
  expect(lineOf(stdout, 'lock')).toBe('free');
  expect(lineOf(stdout, 'worktrees')).toContain(join(repo.place.cache, 'orch'));
  expect(lineOf(stdout, 'codex')).toBe('0.169.0');
  expect(lineOf(stdout, 'gemini')).toContain('ended with exit code 41');
  expect(lineOf(stdout, 'agents')).toMatch(/^not found: .*opencode/);
  expect(lineOf(stdout, 'agents')).not.toContain('codex,');
  expect(lineOf(stdout, 'tasks')).toBe('no framework/orchestrator/orchestrator.yaml');
  expect(stdout.endsWith(`\n${DONE}\n`)).toBe(true);

  const nowhere = await orch(repo, ['doctor'], { env: { DOCKER_HOST: 'unix:///nowhere' } });
  expect(nowhere.exitCode).toBe(0);
  expect(lineOf(nowhere.stdout, 'containers')).toMatch(
    /^a container engine is needed: DOCKER_HOST=unix:\/\/\/nowhere does/,
  );

  const outside = await orch(repo, ['doctor'], { cwd: repo.place.top });
  expect(outside.exitCode).toBe(0);
  expect(lineOf(outside.stdout, 'repository')).toContain('is not in a git repository');
});

it('fails when git is too old or missing', async () => {
  const repo = createRepository();
  stub(repo, 'git', 'echo git version 2.30.2');
  const old = await orch(repo, ['doctor']);
  expect([old.exitCode, lineOf(old.stdout, 'git')]).toEqual([1, '2.30.2, and 2.38 or newer is needed']);
  expect(old.stdout).toContain('\nNot ready: git.\n');

  const only = join(repo.place.top, 'only');
  const none = await orch(repo, ['doctor'], { env: { PATH: only } });
  expect([none.exitCode, none.stderr]).toEqual([1, '']);
  expect(none.stdout).toContain('\nNot ready: git, bash.\n');
});

it.each([
  ['a good file', 'tasks: [{ name: a, command: x }, { name: b, command: x }]', '2 in framework/'],
  ['mistakes', 'tasks: [{ nam: a }]', 'framework/orchestrator/orchestrator.yaml has mistakes'],
])('looks at the tasks: %s', async (_, text, seen) => {
  const repo = createRepository();
  repo.write(CONFIG, `version: 1\n${text}\n`);
  const { exitCode, stdout } = await orch(repo, ['doctor']);
  expect(exitCode).toBe(0);
  expect(lineOf(stdout, 'tasks')).toContain(seen);
});

it('knows who holds the lock', async () => {
  const repo = createRepository({
    untidy: true,
    config: { tasks: [{ name: 'long', command: 'tell begun; await-note never' }] },
  });
  const run = startOrch(repo, ['run']);
  await repo.heard('begun');
  expect(lineOf((await orch(repo, ['doctor'])).stdout, 'lock')).toBe(
    `run ${await run.run()} is on, process ${run.pid}`,
  );
  run.kill('SIGKILL');
  await run.ended;
  const { exitCode, stdout } = await orch(repo, ['doctor']);
  expect(exitCode).toBe(0);
  expect(lineOf(stdout, 'lock')).toContain('which crashed');
  await orch(repo, ['clean']);
  expect(lineOf((await orch(repo, ['doctor'])).stdout, 'lock')).toBe('free');
});
