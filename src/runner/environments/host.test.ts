import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Behaviour, environmentContract } from '../../../test/contract/environment-contract.ts';
import { hostPath } from '../../shared/brand.ts';
import type { Processes } from '../../tasks/ports.ts';
import { listRunProcesses, sweepRun } from './ending.ts';
import { createHostEnvironment, type HostOptions, startProcess } from './host.ts';
import { findNamespace } from './namespace.ts';
import type { RunningProcess } from './process.ts';

const PATH = process.env['PATH'] ?? '';
const scratch = mkdtempSync(join(tmpdir(), 'orch-host-test-'));
const everything: RunningProcess[] = [];
// A test that failed half-way must not leave its processes to the next one.
afterEach(async () => {
  await Promise.allSettled(everything.splice(0).map((running) => running.reap()));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const namespace = await findNamespace();
const modes: readonly NonNullable<HostOptions['namespace']>[] = namespace === undefined ? ['off'] : ['auto', 'off'];

it('runs with and without a PID namespace', (context) => {
  if (namespace === undefined) context.skip('this machine allows no PID namespace: only the other way was tested');
  expect(modes).toEqual(['auto', 'off']);
});

it('fills the port of the tasks', () => {
  const processes: Processes = createHostEnvironment({ run: 'r' });
  expect(processes).toBeDefined();
});

let runs = 0;

/** A bash script, its output so far, and a wait for a part of it. */
async function bash(script: string, options: Partial<HostOptions> & { env?: Record<string, string> } = {}) {
  const { env, ...host } = options;
  let text = '';
  let wake = (): void => undefined;
  const running = await startProcess(
    {
      argv: ['bash', '-c', script],
      cwd: hostPath(scratch),
      env: { PATH, ...env },
      onOutput: (chunk) => {
        text += Buffer.from(chunk).toString('latin1');
        wake();
      },
    },
    { run: `test-${process.pid}-${++runs}`, inherited: {}, ...host },
  );
  everything.push(running);
  const printed = async (part: string): Promise<void> => {
    while (!text.includes(part)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { running, printed, text: () => text, run: `test-${process.pid}-${runs}` };
}

async function finish(running: RunningProcess) {
  return { exit: await running.exit, ...(await running.reap()) };
}

/** How many processes of this machine run a command that begins so. */
function alive(marker: string): number {
  return execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.startsWith(marker)).length;
}

function scriptOf({ prints = [], leaves = 0, ends }: Behaviour): string {
  const lines = prints.map((_, index) => `printf %s "$P${index}"`);
  for (let i = 0; i < leaves; i++) lines.unshift('setsid sleep 1000 &');
  if (ends === 'refuse') lines.unshift("trap '' TERM");
  if (ends === 'wait') lines.push('exec sleep 1000');
  else if (ends === 'refuse') lines.push('while :; do sleep 0.01; done');
  else if (ends !== 'missing') lines.push('exit' in ends ? `exit ${ends.exit}` : `kill -${ends.signal.slice(3)} $$`);
  return lines.join('\n');
}

describe.each(modes)('namespace: %s.', (mode) => {
  environmentContract('the host', async () => ({
    start: (behaviour, onOutput) =>
      startProcess(
        {
          argv: behaviour.ends === 'missing' ? ['no-such-program'] : ['bash', '-c', scriptOf(behaviour)],
          cwd: hostPath(scratch),
          env: { PATH, ...Object.fromEntries((behaviour.prints ?? []).map((text, i) => [`P${i}`, text])) },
          onOutput,
        },
        { run: 'contract', namespace: mode, inherited: {} },
      ),
  }));

  it('is interrupted alone, and goes on if it likes', async () => {
    const { running, text, printed } = await bash(
      `trap 'echo caught; C=1' INT\nsleep 7720 & echo up\nuntil [ -n "$C" ]; do sleep 0.01; done\necho on; wait`,
      { namespace: mode },
    );
    await printed('up');
    await running.interrupt(50);
    await printed('on');
    expect(text()).toBe('up\ncaught\non\n');
    await running.stop(1000);
    expect((await finish(running)).alive).toBeUndefined();
  });

  it('counts what a command leaves, with its output taken, and lets it live', async () => {
    const { running, text } = await bash('echo out; sleep 7721 >/dev/null 2>&1 &', { namespace: mode });
    await running.exit;
    expect(await running.left()).toBe(1);
    expect(text()).toBe('out\n');
    expect(alive('sleep 7721')).toBe(1);
    await running.reap();
    expect(alive('sleep 7721')).toBe(0);
  });

  it.each([
    ['a session of its own', 'setsid sh -c ": >$UP; exec sleep 7701" &', 1],
    ['a double fork', '(setsid sh -c ": >$UP; exec sleep 7702" &) &', 1],
    ['nohup', 'nohup sh -c ": >$UP; exec sleep 7703" >/dev/null 2>&1 &', 1],
    ['a shell in between', 'setsid sh -c "sleep 7704 & : >$UP; wait" &', 2],
    ['a process that ignores SIGTERM', `setsid sh -c "trap '' TERM; sleep 7705 & : >$UP; wait" &`, 2],
    ['a process with an environment of its own', 'env -i /bin/sh -c "exec sleep 7706" & : >$UP', 1],
  ])('%s does not outlive the command', async (_, script, count) => {
    const up = join(scratch, `up-${runs}`);
    const { running } = await bash(`${script}\nuntil [ -e $UP ]; do sleep 0.01; done`, {
      namespace: mode,
      env: { UP: up },
    });
    const { exit, reaped } = await finish(running);
    expect(exit).toEqual({ kind: 'exited', code: 0 });
    expect(reaped).toBe(count);
    expect(alive('sleep 770')).toBe(0);
  });

  it('a child that holds the output open delays nothing, and what it wrote is kept', async () => {
    const { running, printed, text } = await bash('(echo from the child; exec sleep 1000) & echo parent', {
      namespace: mode,
    });
    await printed('child');
    const { exit, reaped } = await finish(running);
    expect(exit).toEqual({ kind: 'exited', code: 0 });
    expect(reaped).toBe(1);
    expect(new Set(text().trim().split('\n'))).toEqual(new Set(['from the child', 'parent']));
  });

  it('a command that forks while it is ended leaves nothing', async () => {
    const script =
      'fork() { for i in $(seq 40); do (setsid sleep 7710 &) ; done; echo forked; }; (fork; fork; fork) & echo started';
    const { running, printed } = await bash(script, { namespace: mode });
    await printed('started');
    await finish(running);
    expect(alive('sleep 7710')).toBe(0);
  });

  it('stop reaches what left the group', async () => {
    const { running, printed, text } = await bash(
      'setsid bash -c "trap \'echo asked; exit\' TERM; echo ready; while :; do sleep 0.01; done" & wait',
      {
        namespace: mode,
      },
    );
    await printed('ready');
    await running.stop(10_000);
    await running.reap();
    expect(text()).toContain('asked');
  });

  it('what a command starts when it is asked to end may finish, and the command is asked once', async () => {
    const { running, printed, text } = await bash(
      `trap 'echo asked; bash -c "sleep 0.3; echo cleaned"; exit' TERM; echo ready; while :; do sleep 0.01; done`,
      { namespace: mode },
    );
    await printed('ready');
    await running.stop(10_000);
    await running.reap();
    // The shell tells of the sleep that it was in.
    expect(text().replace('Terminated\n', '')).toBe('ready\nasked\ncleaned\n');
  });

  it('stop wakes what is suspended', async () => {
    const { running, printed } = await bash('sleep 7720 & kill -STOP $!; echo ready; wait', { namespace: mode });
    await printed('ready');
    await running.stop(10_000);
    expect(await running.reap()).toMatchObject({ reaped: 0 });
  });

  it('stdin is empty, stdout and stderr are one real pipe in order', async () => {
    const { running, text } = await bash(
      'read -r x; echo "read: $?"; for i in 1 2 3; do echo "out $i"; echo "err $i" >&2; done; echo a >/dev/stderr; echo b >/dev/stdout',
      { namespace: mode },
    );
    await finish(running);
    expect(text()).toBe('read: 1\nout 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\na\nb\n');
  });

  it('the environment is exactly what was given, and a cookie', async () => {
    const { running, text } = await bash('cat /proc/self/environ; ls /proc/self/fd | wc -l', {
      namespace: mode,
      env: { ONE: 'a\nb', EMPTY: '' },
      inherited: { ORCH_TASK_COOKIE_1: 'outer:1', OTHER: 'not passed on' },
    });
    await finish(running);
    const entries = text().split('\0');
    const descriptors = entries.pop()?.trim();
    const names = entries.map((entry) => entry.split('=')[0]);
    // What bash adds by itself.
    const ours = names.filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name ?? ''));
    expect(new Set(ours)).toEqual(new Set(['EMPTY', 'ONE', 'ORCH_TASK_COOKIE_1', 'ORCH_TASK_COOKIE_2', 'PATH']));
    expect(entries).toContain('ONE=a\nb');
    expect(entries).toContain('ORCH_TASK_COOKIE_1=outer:1');
    // No descriptor of orch's own; those that orch was itself given cannot be helped.
    const given = execFileSync('bash', ['-c', 'ls /proc/self/fd | wc -l'], { encoding: 'utf8' });
    expect(descriptors).toBe(given.trim());
  });

  it('a line of 5 MB and binary output arrive as they are', async () => {
    const { running, text } = await bash('head -c 5000000 /dev/zero | tr "\\0" x; printf "\\0\\377\\n"', {
      namespace: mode,
    });
    await finish(running);
    expect(text().length).toBe(5_000_003);
    expect(text().endsWith('x\0\xff\n')).toBe(true);
  });

  it.each<readonly [string, string, RegExp]>([
    ['a missing directory', 'missing-cwd', /working directory .* does not exist/],
    ['a file that is no program', 'not-executable', /is not executable/],
    ['an argument that is too long', 'too-long', /longer than the system takes/],
    ['an argument with a NUL', 'nul', /could not be started: .*null byte/],
  ])('%s is told in words', async (_, kind, message) => {
    const plain = join(scratch, 'plain');
    writeFileSync(plain, 'text');
    const argv = { 'too-long': 'x'.repeat(3_000_000), nul: 'a\0b' }[kind] ?? '';
    const running = await startProcess(
      {
        argv: [kind === 'not-executable' ? plain : 'true', argv],
        cwd: hostPath(kind === 'missing-cwd' ? join(scratch, 'nowhere') : scratch),
        env: { PATH },
        onOutput: () => undefined,
      },
      { run: 'r', namespace: mode },
    );
    expect(await running.exit).toEqual({ kind: 'not-started', message: expect.stringMatching(message) });
  });

  it('many arguments are no trouble', async () => {
    let bytes = 0;
    const args = Array.from({ length: 5000 }, (_, i) => `argument ${i}`);
    const running = await startProcess(
      {
        argv: ['printf', '%s\n', ...args],
        cwd: hostPath(scratch),
        env: { PATH },
        onOutput: (chunk) => {
          bytes += chunk.length;
        },
      },
      { run: 'r', namespace: mode },
    );
    expect((await finish(running)).exit).toEqual({ kind: 'exited', code: 0 });
    expect(bytes).toBe(args.join('\n').length + 1);
  });

  it.each([127, 130, 143, 200])('exit code %i is not taken for something else', async (code) => {
    const { running } = await bash(`exit ${code}`, { namespace: mode });
    expect((await finish(running)).exit).toEqual({ kind: 'exited', code });
  });

  it('CPU time counts children, also those that have ended', async () => {
    // As much work on a busy machine as on an idle one.
    const burn = "sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'";
    const { running, printed } = await bash(`${burn}; echo one; setsid ${burn}; echo two; sleep 1000`, {
      namespace: mode,
    });
    await printed('one');
    const first = await running.cpuTime();
    await printed('two');
    const second = await running.cpuTime();
    expect(first).toBeGreaterThan(20);
    expect(second).toBeGreaterThan(first + 20);
    await running.reap();
  });

  it('a fault of the taker shows at the end, and the command is not held up', async () => {
    const running = await startProcess(
      {
        argv: ['bash', '-c', 'head -c 1000000 /dev/zero'],
        cwd: hostPath(scratch),
        env: { PATH },
        onOutput: () => {
          throw new Error('taker');
        },
      },
      { run: 'r', namespace: mode },
    );
    expect(await running.exit).toEqual({ kind: 'exited', code: 0 });
    await expect(running.reap()).rejects.toThrow('taker');
  });

  it('names how it contained the command', async () => {
    const { running } = await bash('true', { namespace: mode });
    const second = mode === 'auto' ? 'pid-namespace' : process.platform === 'linux' ? 'cookie' : undefined;
    expect((await finish(running)).by).toEqual(['process-group', ...(second === undefined ? [] : [second])]);
  });

  it('a sweep finds what a run left, and nothing of others', async () => {
    const one = await bash('setsid sleep 7731 & exec sleep 7731', { namespace: mode });
    const other = await bash('echo ready; exec sleep 7732', { namespace: mode });
    await other.printed('ready');
    while (alive('sleep 7731') < 2) await new Promise(setImmediate);
    expect((await listRunProcesses(one.run)).map((row) => row.command)).toContain('sleep 7731');
    const swept = await sweepRun(one.run);
    expect(swept.map((row) => row.command)).toContain('sleep 7731');
    expect(alive('sleep 7731')).toBe(0);
    expect(alive('sleep 7732')).toBe(1);
    expect((await one.running.exit).kind).toBe('signalled');
    await one.running.reap();
    await other.running.reap();
    expect(await sweepRun(one.run)).toEqual([]);
  });
});

it('a nested run is found by the outer one', async () => {
  const inner = await bash('setsid sleep 7741 & echo ready; wait', {
    inherited: { ORCH_TASK_COOKIE_1: 'outer-run:x' },
  });
  await inner.printed('ready');
  expect((await sweepRun('outer-run')).length).toBeGreaterThan(0);
  expect(alive('sleep 7741')).toBe(0);
  await inner.running.reap();
});

it('works as an unprivileged user', async (context) => {
  if (process.getuid?.() !== 0) context.skip('only root can become somebody else');
  const bundle = join(scratch, 'host.mjs');
  const { build } = await import('esbuild');
  await build({
    stdin: {
      contents: `
        import { startProcess } from './host.ts';
        let text = '';
        const onOutput = (chunk) => { text += chunk; };
        const running = await startProcess(
          { argv: ['bash', '-c', 'id -u; setsid sleep 7751 & exit 4'], cwd: '/', env: { PATH: process.env.PATH }, onOutput },
          { run: 'user' },
        );
        const exit = await running.exit;
        console.log(JSON.stringify({ exit, reaped: (await running.reap()).reaped, text }));`,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: bundle,
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  chmodSync(scratch, 0o755);
  const argv = ['--reuid', '65534', '--regid', '65534', '--clear-groups', process.execPath, bundle];
  const answer = JSON.parse(execFileSync('setpriv', argv, { encoding: 'utf8', cwd: '/' }));
  expect(answer).toEqual({ exit: { kind: 'exited', code: 4 }, reaped: 1, text: '65534\n' });
  expect(alive('sleep 7751')).toBe(0);
});

it('leaves no descriptor open', async (context) => {
  if (process.platform !== 'linux') context.skip('descriptors are counted in /proc');
  const open = () => readdirSync('/proc/self/fd').length;
  const round = () => Promise.all(Array.from({ length: 16 }, async () => finish((await bash('echo x')).running)));
  await round();
  const before = open();
  await round();
  await round();
  // A batch of spare pipes more or less.
  expect(Math.abs(open() - before)).toBeLessThanOrEqual(16);
});
