import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Behaviour, environmentContract } from '../../../../test/contract/environment-contract.ts';
import { hostPath } from '../../../shared/brand.ts';
import { emptyDraft } from './create-draft.ts';
import { readCreateOptions } from './create-options.ts';
import type { Engine } from './engine.ts';
import { pastShell } from './externals.ts';
import { type JobContainer, startJobContainer } from './job-container.ts';
import { listContainersByRun, sweepContainers } from './sweep.ts';
import { BASE, findRealEngine, SMALL, testExternals } from './testing/real-engine.ts';

const engine = await findRealEngine();
const scratch = hostPath(mkdtempSync(join(tmpdir(), 'orch-container-test-')));
chmodSync(scratch, 0o755);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function scriptOf({ prints = [], leaves = 0, ends }: Behaviour): string {
  const lines = prints.map((_, index) => `printf %s "$P${index}"`);
  for (let i = 0; i < leaves; i++) lines.unshift('setsid sleep 1000 &');
  if (ends === 'refuse') lines.unshift("trap '' TERM");
  if (ends === 'wait') lines.push('exec sleep 1000');
  else if (ends === 'refuse') lines.push('while :; do sleep 0.01; done');
  else if (ends !== 'missing') lines.push('exit' in ends ? `exit ${ends.exit}` : `kill -${ends.signal.slice(3)} $$`);
  return lines.join('\n');
}

it('has an engine to be tried on', (context) => {
  if (typeof engine === 'string') context.skip(engine);
  expect(engine).toBeTypeOf('object');
});

describe.skipIf(typeof engine === 'string')('on a real engine', async () => {
  const real = engine as Engine;
  const externals = typeof engine === 'string' ? undefined : await testExternals();
  let count = 0;
  const reasons: string[] = [];

  /** A container of its own, gone after the tests of the block. */
  async function open(image: string, options = '', plain = false): Promise<JobContainer & { readonly run: string }> {
    if (externals === undefined) throw new Error('no engine');
    const run = `test-${process.pid}-${++count}`;
    const draft = readCreateOptions(options);
    const started = await startJobContainer(real, {
      owner: { run, job: 'a (1, x)' },
      image,
      options: draft.ok ? draft.value : emptyDraft(),
      mounts: [{ host: scratch, inner: '/__w' }],
      workdir: '/__w',
      // Without its Node there is none that could run the supervisor.
      externals: plain ? { ...externals, mounts: [] } : externals,
      ...(plain ? { onPlain: (told: string) => void reasons.push(told) } : {}),
      env: { HOME: '/tmp' },
    });
    if (!started.ok) throw new Error(started.error.message);
    const container = { ...started.value, run };
    afterAll(() => container.remove());
    return container;
  }

  /** The end and the output of a script in the container. */
  async function sh({ supervised, ready }: JobContainer, script: string): Promise<string> {
    let text = '';
    const running = await supervised.start({
      argv: ['sh', '-c', script],
      cwd: hostPath('/__w'),
      env: ready.env,
      onOutput: (chunk) => {
        text += String(chunk);
      },
    });
    await running.exit;
    await running.reap();
    return text;
  }

  describe.each([
    [BASE, 'supervised'],
    [SMALL, 'supervised'],
    [BASE, 'plain'],
    [SMALL, 'plain'],
  ])('%s, %s.', (image, kind) => {
    let container: JobContainer | undefined;
    beforeAll(async () => {
      container = await open(image, '', kind === 'plain');
    });

    it('says what it is', () => expect(container?.isPlain).toBe(kind === 'plain'));

    environmentContract('the container', async () => ({
      start: (behaviour, onOutput) => {
        if (container === undefined) throw new Error('not open');
        return container.supervised.start({
          argv: behaviour.ends === 'missing' ? ['no-such-program'] : ['sh', '-c', scriptOf(behaviour)],
          cwd: hostPath('/__w'),
          env: {
            ...container.ready.env,
            ...Object.fromEntries((behaviour.prints ?? []).map((text, i) => [`P${i}`, text])),
          },
          onOutput,
        });
      },
    }));

    it('runs node actions on the Node that orch runs on, which knows its own path', async (context) => {
      if (kind === 'plain') context.skip('a container without the supervisor is given no Node');
      if (container === undefined || externals === undefined) throw new Error('not open');
      const inner = `require('node:child_process').execFileSync(process.execPath,['-p','process.version+process.execArgv.length'])+''`;
      expect(await sh(container, `${externals.node} -p "${inner}"`)).toBe(`${process.version}2\n\n`);
    });

    it('gives node actions variables that no shell can have', async (context) => {
      if (kind === 'plain') context.skip('a container without the supervisor is given no Node');
      if (container === undefined || externals === undefined) throw new Error('not open');
      const odd = { 'INPUT_FETCH-DEPTH': '0=1', 'INPUT_ä b': 'x\ny', PLAIN: 'z' };
      const output: string[] = [];
      const process = await container.supervised.start({
        argv: [
          externals.node,
          '-p',
          'JSON.stringify(Object.entries(process.env).filter(([k]) => /INPUT|PLAIN|PAST/.test(k)).sort())',
        ],
        cwd: hostPath('/'),
        env: pastShell({ ...container.ready.env, ...odd }),
        onOutput: (chunk) => void output.push(String(chunk)),
      });
      await process.exit;
      await process.reap();
      expect(output.join('')).toBe(`${JSON.stringify(Object.entries(odd))}\n`);
    });
  });

  it('is told apart from others by its labels, and is gone with its run', async () => {
    const { run, supervised } = await open(BASE);
    expect((await listContainersByRun(process.env)).get(run)).toEqual([`orch-${run}-a-1-x-job`]);
    expect(await sweepContainers(run, process.env)).toEqual({ removed: [`orch-${run}-a-1-x-job`], problems: [] });
    expect((await listContainersByRun(process.env)).get(run)).toBeUndefined();
    expect(supervised.isOpen()).toBe(false);
    const after = await supervised.start({ argv: ['true'], cwd: scratch, env: {}, onOutput: () => undefined });
    expect(await after.exit).toEqual({ kind: 'not-started', message: 'the container is gone' });
  });

  it('ends by itself when the line to it breaks', async () => {
    const { run, supervised, id } = await open(BASE);
    const removed = real.docker.getContainer(id).wait({ condition: 'removed' });
    supervised.end();
    await removed;
    expect((await listContainersByRun(process.env)).get(run)).toBeUndefined();
  });

  it('runs as another user, who cannot do what root can, and lets root tidy up', async () => {
    const container = await open(BASE, '--user 1234:1234 --cap-drop ALL --security-opt no-new-privileges');
    expect(container.ready.uid).toBe(1234);
    writeFileSync(join(scratch, 'secret'), 'x', { mode: 0o600 });
    expect(await sh(container, 'cat secret 2>&1; id -u')).toBe('cat: secret: Permission denied\n1234\n');
    expect(await container.runAsRoot(['id'])).toBe(0);
    expect(await container.runAsRoot(['false'])).toBe(1);
  });

  it('is kept from what changes the loading of programs, which its steps and their programs have', async () => {
    const made = `orch-test-loading-${process.pid}`;
    const from = await real.docker.createContainer({ Image: BASE, Cmd: ['true'] });
    // The last makes the loader of the system print its help in place of anything else.
    const changes = ['NODE_OPTIONS=--require=/none.cjs', 'LD_PRELOAD=/none.so', 'BASH_ENV=/none.sh', 'LD_DEBUG=help'];
    await from.commit({ repo: made, changes: changes.map((one) => `ENV ${one}`).join('\n') });
    await from.remove();
    afterAll(() => real.docker.getImage(made).remove({ force: true }));
    const container = await open(made, '-e LD_DEBUG=unused -e NODE_OPTIONS=--no-warnings');
    expect(container.isPlain).toBe(false);
    const wanted = { LD_DEBUG: 'unused', NODE_OPTIONS: '--no-warnings', LD_PRELOAD: '/none.so', BASH_ENV: '/none.sh' };
    expect(container.ready.env).toMatchObject(wanted);
    const child = `require('node:child_process').execFileSync('printenv',['LD_PRELOAD'],{stdio:['pipe','pipe','ignore']})+''`;
    const out = await sh(
      container,
      `unset LD_DEBUG; ${externals?.node ?? ''} -p "${child}+process.env.ORCH_LD_PRELOAD" 2>&1`,
    );
    // The image's two shells say that they cannot have it; our Node does not.
    expect(out).toMatch(/^(ERROR: ld.so.*\n){2}\/none.so\nundefined\n$/);
    expect(await container.runAsRoot(['sh', '-c', 'test -z "$LD_PRELOAD$NODE_OPTIONS"'])).toBe(0);
  });

  it('cannot change what it runs on', async () => {
    const container = await open(BASE);
    expect(await sh(container, 'echo >>/__e/orch/supervisor.mjs; kill -9 1; echo on')).toMatch(/Read-only[^]*on\n$/);
  });

  it('without a supervisor, says why, passes variables of any kind, and ends with its line', async () => {
    const { run, id, supervised, ready, steps } = await open(SMALL, '--user 1234', true);
    expect(reasons.at(-1)).toMatch(/no such file or directory/);
    expect(ready).toMatchObject({ uid: 1234, env: { HOME: '/tmp', PATH: '/bin' } });
    const text = `'"$(id)\`\n\\ü`;
    let out = '';
    const argv = ['sh', '-c', 'echo err >&2; printf %s "$A"; sleep 100 >/dev/null 2>&1 &'] as const;
    const step = await steps.start({
      argv: [...argv],
      cwd: hostPath('/__w'),
      env: { ...ready.env, A: text },
      onOutput: (chunk) => {
        out += String(chunk);
      },
    });
    await step.settle();
    // Who comes first of two streams is the engine's to say.
    expect([`err\n${text}`, `${text}err\n`]).toContain(out);
    const removed = real.docker.getContainer(id).wait({ condition: 'removed' });
    supervised.end();
    await removed;
    expect((await listContainersByRun(process.env)).get(run)).toBeUndefined();
    const after = await steps.start({ argv: ['true'], cwd: scratch, env: {}, onOutput: () => undefined });
    expect(await after.exit).toMatchObject({ kind: 'signalled', lost: expect.stringMatching(/container/i) });
  });

  it('passes values that are no text for a shell, and writes to the mounted folder', async () => {
    const container = await open(BASE);
    const text = `'"$(id)\`\n\\ü`;
    const running = await container.supervised.start({
      argv: ['sh', '-c', 'printf %s "$A" >out'],
      cwd: hostPath('/__w'),
      env: { ...container.ready.env, A: text },
      onOutput: () => undefined,
    });
    await running.exit;
    await running.reap();
    expect(readFileSync(join(scratch, 'out'), 'utf8')).toBe(text);
    const inspected = JSON.stringify(await real.docker.getContainer(container.id).inspect());
    expect(inspected).not.toContain('$(id)');
  });

  it.each([
    ['an image without what is asked for', 'no-such-image:1', /no such image/i],
    ['a name that is none', 'UPPER CASE', /no name of an image/],
  ])('says why %s cannot be started', async (_, image, message) => {
    await expect(open(image)).rejects.toThrow(message);
  });
});
