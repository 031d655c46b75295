import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { hostPath } from '../../shared/brand.ts';
import { listRunProcesses } from './ending.ts';
import type { HostOptions } from './host.ts';
import { openHostJob } from './job-environment.ts';
import { findNamespace } from './namespace.ts';
import type { JobEnvironment } from './process.ts';
import { which } from './program-lookup.ts';

const PATH = process.env['PATH'] ?? '';
const BASH = which('bash', process.env) ?? '/bin/bash';
const LS = which('ls', process.env) ?? '/bin/ls';
const scratch = mkdtempSync(join(tmpdir(), 'orch-job-test-'));
const opened: JobEnvironment[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((job) => job.close()));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const modes: readonly NonNullable<HostOptions['namespace']>[] =
  (await findNamespace()) === undefined ? ['off'] : ['auto', 'off'];
let runs = 0;

function openJob(namespace: HostOptions['namespace']) {
  const run = `job-${process.pid}-${++runs}`;
  const directory = hostPath(mkdtempSync(join(scratch, 'job-')));
  const job = openHostJob({ run, inherited: {}, ...(namespace === undefined ? {} : { namespace }) }, directory);
  opened.push(job);
  /** A bash script of which the output, and when it comes, is of interest. */
  const bash = async (script: string, env: Readonly<Record<string, string>> = {}) => {
    let text = '';
    let wake = (): void => undefined;
    const onOutput = (chunk: Uint8Array): void => {
      text += Buffer.from(chunk).toString('latin1');
      wake();
    };
    const request = { argv: [BASH, '-c', script] as const, cwd: directory, env: { PATH, ...env }, onOutput };
    const running = await job.start(request);
    const printed = async (part: string): Promise<void> => {
      while (!text.includes(part)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    return { running, printed, output: () => text };
  };
  const whole = async (script: string, env: Readonly<Record<string, string>> = {}) => {
    const { running, output } = await bash(script, env);
    const exit = await running.exit;
    await running.settle();
    return { exit, output: output() };
  };
  return { run, job, directory, bash, whole };
}

describe.each(modes)('a job, namespace: %s', (mode) => {
  it('runs commands one after the other, each with its own environment', async () => {
    const { whole } = openJob(mode);
    const show = 'echo "${A-no}:${B-no}:$PWD"; echo err >&2; exit ${CODE-0}';
    const first = await whole(show, { A: "x'y", CODE: '7' });
    expect(first.exit).toEqual({ kind: 'exited', code: 7 });
    expect(first.output).toMatch(/^x'y:no:.*\nerr\n$/);
    const second = await whole(show, { B: '2' });
    expect(second).toMatchObject({ exit: { code: 0 }, output: expect.stringMatching(/^no:2:/) });
  });

  it('keeps what a command leaves running for those behind it, and nothing after its end', async () => {
    const { run, job, whole } = openJob(mode);
    const { output: pid } = await whole('sleep 1000 >&- 2>&- & echo -n $!');
    // This one holds its output open, and prints into it later.
    await whole('(while sleep 0.02; do echo tick; done) & echo $!');
    for (let count = 0; count < 6; count++) {
      expect(await whole(`kill -0 ${pid} && echo there`)).toMatchObject({ output: 'there\n' });
    }
    await job.close();
    expect(await listRunProcesses(run)).toEqual([]);
  });

  it('runs several at once', async () => {
    const { whole } = openJob(mode);
    const wait = 'for ((i = 0; i < 1000; i++)); do [ -e $FOR ] && exit 3; sleep 0.01; done';
    const [one, two, three] = await Promise.all([
      whole(`: >a; ${wait}`, { FOR: 'b' }),
      whole(`: >b; ${wait}`, { FOR: 'c' }),
      whole(`: >c; ${wait}`, { FOR: 'a' }),
    ]);
    for (const { exit } of [one, two, three]) expect(exit).toEqual({ kind: 'exited', code: 3 });
  });

  it('interrupts the command alone; a stop takes what belongs to it and spares the others', async () => {
    const { whole, bash } = openJob(mode);
    const { output: server } = await whole('sleep 1000 >&- 2>&- & echo -n $!');
    const polite = await bash('trap "echo bye; exit 5" INT; echo ready; while :; do sleep 0.01; done');
    await polite.printed('ready');
    await polite.running.interrupt(5000);
    expect(await polite.running.exit).toEqual({ kind: 'exited', code: 5 });
    await polite.running.settle();
    expect(polite.output()).toContain('bye');
    const stubborn = await bash(
      'trap "" INT TERM; (trap "" TERM; sleep 1000) & echo ready $!; while :; do sleep 0.01; done',
    );
    await stubborn.printed('ready');
    await stubborn.running.interrupt(30);
    await stubborn.running.stop(30);
    await stubborn.running.exit;
    await stubborn.running.settle();
    const child = /ready (\d+)/.exec(stubborn.output())?.[1];
    // Nobody may have waited for it yet.
    const isGone = `! grep '^State:' /proc/${child}/status 2>/dev/null | grep -qv Z`;
    const after = await whole(`${isGone} && echo gone; kill -0 ${server} && echo there`);
    expect(after.output).toBe('gone\nthere\n');
  });

  it('interrupts each of several', async () => {
    const { bash } = openJob(mode);
    const trap = (code: number) => `trap "exit ${code}" INT; echo ready; while :; do sleep 0.01; done`;
    const several = await Promise.all([3, 4, 5].map((code) => bash(trap(code))));
    for (const { printed } of several) await printed('ready');
    const exits = several.map(async ({ running }) => {
      await running.interrupt(5000);
      return running.exit;
    });
    expect(await Promise.all(exits)).toEqual([3, 4, 5].map((code) => ({ kind: 'exited', code })));
  });

  it('stops a command that has nothing of its environment left', async () => {
    const { bash } = openJob(mode);
    const { running, printed } = await bash('echo ready; exec env -i sleep 1000');
    await printed('ready');
    await running.stop(1000);
    expect((await running.exit).kind).not.toBe('not-started');
  });

  it('ends commands that still run', async () => {
    const { run, job, bash } = openJob(mode);
    const { running, printed } = await bash('trap "" INT TERM; echo ready; sleep 1000; sleep 1000');
    await printed('ready');
    if (mode === 'off') await running.stop(0);
    await job.close();
    await running.exit;
    expect(await listRunProcesses(run)).toEqual([]);
  });

  it('says why a command cannot be started', async () => {
    const { job, directory } = openJob(mode);
    const request = { argv: ['no-such-program'] as const, cwd: directory, env: { PATH }, onOutput: () => undefined };
    const running = await job.start(request);
    expect(await running.exit).toMatchObject({
      kind: 'not-started',
      message: expect.stringContaining('no-such-program'),
    });
    await running.settle();
  });

  it.each([LS, 'ls'])(
    'starts %s with three descriptors, and with none of the shell that starts it',
    async (program) => {
      const { job, directory } = openJob(mode);
      for (let round = 0; round < 2; round++) {
        let text = '';
        const onOutput = (chunk: Uint8Array): void => {
          text += Buffer.from(chunk).toString();
        };
        const running = await job.start({ argv: [program, '/proc/self/fd'], cwd: directory, env: { PATH }, onOutput });
        expect(await running.exit).toEqual({ kind: 'exited', code: 0 });
        await running.settle();
        // One is the folder that it reads, others may be inherited from whoever runs the tests.
        expect(text).toBe(execFileSync(LS, ['/proc/self/fd'], { encoding: 'utf8' }));
      }
    },
  );

  it('takes all of a large output, and hands on what its taker throws', async () => {
    const { job, directory, whole } = openJob(mode);
    const { output } = await whole('head -c 3000000 /dev/zero | tr "\\0" x; echo end >&2');
    expect(output.length).toBe(3_000_004);
    const onOutput = (): void => {
      throw new Error('full');
    };
    const running = await job.start({
      argv: ['bash', '-c', 'echo x'] as const,
      cwd: directory,
      env: { PATH },
      onOutput,
    });
    await running.exit;
    await expect(running.settle()).rejects.toThrow('full');
  });

  it('outlives commands that kill all they can, and those that remove its pipes', async () => {
    const { directory, bash, whole } = openJob(mode);
    // Whatever this is told to kill is in the namespace or of its own group.
    const deadly = mode === 'auto' ? ['kill -9 0', 'kill -9 -1', 'kill -9 $PPID; exit 4'] : ['kill -9 0'];
    for (const script of deadly) {
      const { exit } = await whole(script);
      expect(exit).toMatchObject(
        script.endsWith('4') ? { code: 4 } : { kind: expect.stringMatching(/exited|signalled/) },
      );
    }
    const long = await bash('echo ready; exec sleep 1000');
    await long.printed('ready');
    if (mode === 'auto') {
      const { exit } = await whole('kill -9 $PPID; sleep 1000');
      expect(exit).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
    }
    await whole(`rm -f '${directory}'/output-*`);
    expect(await whole('echo still')).toMatchObject({ output: 'still\n' });
    await long.running.stop(1000);
  });

  it('leaves no descriptor open', async () => {
    const count = (): number => readdirSync('/proc/self/fd').length;
    // The first one makes pipes for those behind it.
    const warm = openJob(mode);
    await warm.whole('true');
    await warm.job.close();
    const before = count();
    for (let round = 0; round < 3; round++) {
      const { job, whole } = openJob(mode);
      await Promise.all([whole('sleep 1000 & true'), whole('true'), whole('true')]);
      await job.close();
    }
    // Spare pipes come and go by the batch.
    expect(count() - before).toBeLessThanOrEqual(16);
  });
});
