/** What a second terminal sees of a run: status, logs and report, while it goes on, when it is over, and when it crashed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { createRepository, orch, type Repository, startOrch } from './rig/index.ts';

const COMMAND = resolve(process.env['ORCH_DIST'] ?? 'dist', 'orch.js');

const NIGHT = {
  tasks: [
    { name: 'good', command: "printf 'one\\ntwo\\nthree\\n'; printf '\\033[2J\\033[31mred\\033[0m'" },
    { name: 'bad', command: 'echo oops; exit 3' },
    { name: 'after', depends_on: ['bad'], command: 'true' },
    {
      name: 'build',
      matrix: { os: ['linux', 'mac'] },
      command: 'echo on $SYSTEM',
      env: { SYSTEM: '${{ matrix.os }}' },
    },
  ],
};

function lines(text: string): readonly string[] {
  return text.trimEnd().split('\n');
}

it('says what is missing where there is no run yet', async () => {
  const repo = createRepository();
  for (const args of [['status'], ['logs'], ['logs', '-f', 'api'], ['report']]) {
    const { exitCode, stdout, stderr } = await orch(repo, args);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'orch: there is no run yet\n  start one: orch run\n',
    });
  }
});

it('shows a run that is over, and prints its logs as they are', async () => {
  const repo = createRepository({ config: NIGHT });
  const { run = '' } = await orch(repo, ['run']);
  const say = async (...args: readonly string[]) => (await orch(repo, args)).stdout;

  expect(JSON.parse(await say('status', '--format', 'json'))).toMatchObject({
    run,
    state: 'finished',
    result: 'failure',
    totals: { success: 3, failure: 1, skipped: 1 },
    legs: [{ leg: 'good' }, { leg: 'bad', reason: 'the command ended with exit code 3' }, { leg: 'after' }, {}, {}],
  });
  const status = lines(await say('status'));
  expect(status[0]).toContain(run);
  expect(status.at(-1)).toContain('docs/orchestrator-run-summary.md');
  expect(lines(await say('status', run))).toEqual(expect.arrayContaining(['why        orch logs bad']));

  expect(lines(await say('logs')).map((line) => line.split(/ +/)[1])).toEqual([
    'good',
    'bad',
    'after',
    'build+linux',
    'build+mac',
  ]);
  // In a pipe, every byte.
  expect(await say('logs', 'good')).toBe(readFileSync(join(repo.root, 'logs/good.log'), 'utf8'));
  expect(await say('logs', 'GOOD')).toContain('\u001b[2J');
  expect(lines(await say('logs', '-n', '2', 'bad'))[0]).toBe('oops');
  expect(await say('logs', 'build+mac')).toContain('on mac\n');
  expect(await say('logs', 'Build (mac)')).toContain('on mac\n');
  // What is over is not waited for.
  expect(await say('logs', '-f', '--run', run, 'bad')).toContain('oops');
});

it('refuses what makes no sense, with a way out', async () => {
  const repo = createRepository({ config: NIGHT });
  await orch(repo, ['run', '--only', 'good', 'build']);
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['logs', 'goood'], 'did you mean "good"?'],
    [['logs', 'build'], 'build+linux (build (linux)), build+mac (build (mac))'],
    [['logs', 'build (max)'], 'did you mean "build (mac)"?'],
    [['logs', '-f'], 'orch logs lists them'],
    [['logs', '-n', 'x', 'good'], '-n wants a number of lines'],
    [['logs', '--run', 'nope', 'good'], 'there is no run "nope"'],
    [['status', 'nope'], 'logs/runs/'],
  ];
  for (const [args, hint] of cases) {
    const { exitCode, stdout, stderr } = await orch(repo, args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(hint);
  }
});

it('tells why a task has no log', async () => {
  const repo = createRepository({ config: NIGHT });
  await orch(repo, ['run', '--only', 'after']);
  const { exitCode, stdout, stderr } = await orch(repo, ['logs', 'after']);
  expect([exitCode, stdout, stderr]).toEqual([0, '', 'orch: after has no log: skipped: bad failed\n']);
});

it('keeps the fixed name of the summary for the latest run', async () => {
  const repo = createRepository({ config: NIGHT });
  const { run: older = '' } = await orch(repo, ['run']);
  const first = repo.read('docs/orchestrator-run-summary.md');
  await orch(repo, ['run', '--only', 'good']);
  const latest = repo.read('docs/orchestrator-run-summary.md');
  const again = await orch(repo, ['report', older]);
  expect(again.stdout).toBe(`logs/runs/${older}/summary.md\n`);
  expect(repo.read(`logs/runs/${older}/summary.md`)).toBe(first);
  expect(repo.read('docs/orchestrator-run-summary.md')).toBe(latest);
});

const LONG = {
  max_parallel: 1,
  tasks: [
    { name: 'first', command: 'echo one; tell begun; await-note go; echo two' },
    { name: 'second', command: 'echo three' },
  ],
};

async function runLong(
  untidy = false,
): Promise<{ readonly repo: Repository; readonly run: ReturnType<typeof startOrch> }> {
  const repo = createRepository({ config: LONG, untidy });
  const run = startOrch(repo, ['run']);
  await repo.heard('begun');
  return { repo, run };
}

it('follows a log to the end of its task, and waits for one that has not begun', async () => {
  const { repo, run } = await runLong();
  expect(JSON.parse((await orch(repo, ['status', '--format', 'json'])).stdout)).toMatchObject({ state: 'running' });
  expect((await orch(repo, ['logs', 'second'])).stderr).toContain('orch logs -f second waits for it');
  const first = startOrch(repo, ['logs', '-f', 'first']);
  const second = startOrch(repo, ['logs', '-f', 'second']);
  await first.said('one\n');
  repo.tell('go');
  expect((await first.ended).stdout).toBe(repo.read('logs/first.log'));
  expect((await first.ended).stdout).toContain('two\n');
  const { exitCode, stdout } = await second.ended;
  expect(exitCode).toBe(0);
  expect((await run.ended).exitCode).toBe(0);
  expect(stdout).toBe(repo.read('logs/second.log'));
});

it('stops following at Ctrl-C, and when nobody reads any more', async () => {
  const { repo, run } = await runLong();
  const interrupted = startOrch(repo, ['logs', '-f', 'first']);
  await interrupted.said('one\n');
  interrupted.kill('SIGINT');
  expect((await interrupted.ended).exitCode).toBe(130);

  const unread = spawn(process.execPath, [COMMAND, 'logs', '-f', 'first'], { cwd: repo.root, env: repo.env });
  await once(unread.stdout, 'data');
  unread.stdout.destroy();
  const gone = once(unread, 'exit');
  repo.tell('go');
  expect(await gone).toEqual([0, null]);
  expect((await run.ended).exitCode).toBe(0);
});

it('does not wait for a run that crashed', async () => {
  const { repo, run } = await runLong(true);
  const first = startOrch(repo, ['logs', '-f', 'first']);
  const second = startOrch(repo, ['logs', '-f', 'second']);
  await first.said('one\n');
  run.kill('SIGKILL');
  expect((await first.ended).exitCode).toBe(0);
  expect((await second.ended).stderr).toContain('second has no log: never started');
  const { stdout } = await orch(repo, ['status']);
  expect(stdout).toContain('crashed: its process is gone');
  expect(stdout).toMatch(/first .*did not finish/);
  expect((await orch(repo, ['report', '--stdout'])).stdout).toContain('DID NOT FINISH');
  expect((await orch(repo, ['clean'])).exitCode).toBe(0);
});

it('shows a huge log without holding it in memory, and its end without reading it', async () => {
  const repo = createRepository({
    config: { tasks: [{ name: 'loud', command: 'yes 0123456789abcde | head -c 150000000' }] },
  });
  await orch(repo, ['run']);
  const all = spawn(process.execPath, [COMMAND, 'logs', 'loud'], { cwd: repo.root, env: repo.env });
  let bytes = 0;
  let peak = 0;
  all.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    peak = Math.max(peak, memoryOf(all.pid ?? 0));
  });
  await once(all, 'close');
  expect(bytes).toBeGreaterThanOrEqual(150_000_000);
  expect(peak).toBeLessThan(200e6);
  const end = await orch(repo, ['logs', '-n', '2', 'loud']);
  expect(lines(end.stdout)).toHaveLength(2);
});

/** Bytes held now; 0 where the system does not tell. */
function memoryOf(pid: number): number {
  if (process.platform !== 'linux') return 0;
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

it('is not troubled when nobody reads what a command prints', async () => {
  const repo = createRepository();
  for (const args of [['schema'], ['completion', 'zsh'], ['doctor'], ['help']]) {
    const child = spawn(process.execPath, [COMMAND, ...args], { cwd: repo.root, env: repo.env });
    const complaints: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    child.stdout.destroy();
    const [exitCode] = await once(child, 'close');
    expect([args, exitCode, String(Buffer.concat(complaints))]).toEqual([args, 0, '']);
  }
});

it('can be asked from below the root', async () => {
  const repo = createRepository({ config: NIGHT, files: { 'src/deep/x.txt': 'x' } });
  await orch(repo, ['run', '--only', 'good']);
  const below = await orch(repo, ['logs', 'good'], { cwd: join(repo.root, 'src/deep') });
  expect(below.stdout).toContain('two\n');
});
