/** What clean removes, what it saves first, and what it leaves alone. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRepository, isAlive, NO_TRACES, orch, startOrch, tracesOf, waitUntil } from './rig/index.ts';

it('ends what a crashed run has left running, also what left its session', async () => {
  const repo = createRepository({
    untidy: true,
    config: { tasks: [{ name: 'long', command: 'tell begun; await-note never' }] },
  });
  const run = startOrch(repo, ['run']);
  await repo.heard('begun');
  const id = await run.run();
  run.kill('SIGKILL');
  await run.ended;
  // As where there are no namespaces: marked, and nobody's child.
  const env = { ...repo.env, ORCH_TASK_COOKIE_1: `${id}:x` };
  const left = spawn('sleep', ['86399'], { env, detached: true, stdio: 'ignore' });
  const other = spawn('sleep', ['86399'], { env: repo.env, detached: true, stdio: 'ignore' });
  await waitUntil('both', () => isAlive(left.pid ?? 0) && isAlive(other.pid ?? 0));

  const listed = await orch(repo, ['clean', '--dry-run']);
  expect(listed.stdout).toMatch(new RegExp(`process +${left.pid}  sleep\\n`));
  expect(listed.stdout).toContain('lock      .git/orch/run.lock');
  expect(isAlive(left.pid ?? 0)).toBe(true);
  const young = await orch(repo, ['clean', '--older-than', '1h']);
  expect([young.exitCode, young.stdout]).toEqual([0, 'There is nothing to clean up.\n']);

  const cleaned = await orch(repo, ['clean']);
  expect([cleaned.exitCode, cleaned.stderr]).toEqual([0, '']);
  expect(cleaned.stdout).toMatch(/Removed 1 worktree \(.*\), ended [1-9]\d* process(es)?, removed the stale lock\.\n/);
  await waitUntil('its end', () => !isAlive(left.pid ?? 0));
  expect(isAlive(other.pid ?? 0)).toBe(true);
  other.kill('SIGKILL');
  expect(tracesOf(repo)).toEqual(NO_TRACES);
  expect(repo.exists('logs/framework-run.lock')).toBe(false);
});

it('keeps what no branch can hold until it is told otherwise, and knows worktrees that are gone', async () => {
  const command = (inside: string) => `echo x > x.txt; ${inside}; exit 3`;
  const repo = createRepository({
    config: {
      tasks: [
        { name: 'nested', command: command('git init -q inner && echo precious > inner/y.txt') },
        { name: 'gone', command: command('true') },
        { name: 'plain', command: command('true') },
      ],
    },
  });
  const { run = '', exitCode } = await orch(repo, ['run']);
  expect(exitCode).toBe(1);
  const path = (leg: string) =>
    (/^ +(\/.*)$/m.exec(listed.stdout.slice(listed.stdout.indexOf(`worktree  ${leg},`)))?.[1] ?? '').trim();
  const listed = await orch(repo, ['clean', '--dry-run']);
  expect(existsSync(path('plain'))).toBe(true);
  rmSync(path('gone'), { recursive: true });

  const first = await orch(repo, ['clean']);
  expect(first.exitCode).toBe(1);
  expect(first.stderr).toContain(`${path('nested')} was not removed`);
  expect(first.stderr).toContain('orch clean --force');
  expect(readFileSync(join(path('nested'), 'inner/y.txt'), 'utf8')).toBe('precious\n');
  expect(existsSync(path('plain'))).toBe(false);
  expect(repo.git('show', `orch/${run}/plain:x.txt`)).toBe('x');

  const forced = await orch(repo, ['clean', '--force']);
  expect(forced.exitCode).toBe(0);
  expect(tracesOf(repo)).toEqual(NO_TRACES);
  expect(repo.git('show', `orch/${run}/nested:x.txt`)).toBe('x');
  expect((await orch(repo, ['clean'])).stdout).toBe('There is nothing to clean up.\n');
});

it('refuses a span that is none', async () => {
  const repo = createRepository();
  const { exitCode, stderr } = await orch(repo, ['clean', '--older-than', '3 weeks']);
  expect([exitCode, stderr]).toEqual([
    2,
    'orch: --older-than wants a span of time, not "3 weeks"\n  such as 12h or 7d\n',
  ]);
});
