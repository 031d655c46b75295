/** Attempts to leave the box, each of which has to fail. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllowRule } from '../../../shared/allow-list.ts';
import { hostPath } from '../../../shared/brand.ts';
import type { Refusal } from '../egress/proxy.ts';
import type { Engine } from './engine.ts';
import { type BoxSettings, createTaskBoxes } from './task-box.ts';
import { BASE, findRealEngine, testExternals } from './testing/real-engine.ts';

const engine = await findRealEngine();
const MIB = 1024 * 1024;

it('has an engine to be tried on', (context) => {
  if (typeof engine === 'string') context.skip(engine);
  expect(engine).toBeTypeOf('object');
});

describe.skipIf(typeof engine === 'string')('a box on a real engine', async () => {
  const real = engine as Engine;
  const externals = typeof engine === 'string' ? undefined : await testExternals();
  const scratch = mkdtempSync(join(tmpdir(), 'orch-box-test-'));
  chmodSync(scratch, 0o755);
  const folder = (name: string) => hostPath(join(scratch, name));
  const [work, home, shared] = [folder('work'), folder('home'), folder('shared')];
  const user =
    process.getuid?.() === 0
      ? { uid: 1234, gid: 1234 }
      : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  for (const path of [work, home, shared]) {
    mkdirSync(path);
    chownSync(path, user.uid, user.gid);
  }
  writeFileSync(join(shared, 'file'), 'as it was');
  chmodSync(join(shared, 'file'), 0o666);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  let count = 0;

  /** Settings of a box, and the end and the output of a script in it. */
  function box(changes: Partial<BoxSettings> = {}) {
    if (externals === undefined) throw new Error('no engine');
    const refusals: Refusal[] = [];
    const run = `box-${process.pid}-${++count}`;
    const boxes = createTaskBoxes(real, {
      owner: { run, job: 'a (1, x)' },
      image: BASE,
      user,
      memory: 256 * MIB,
      cpus: 1,
      pids: 100,
      network: [],
      readOnly: true,
      home,
      mounts: [
        { host: work, inner: work },
        { host: shared, inner: shared, readOnly: true },
      ],
      externals,
      temporary: hostPath(scratch),
      onRefusal: (refusal) => void refusals.push(refusal),
      tell: () => undefined,
      ...changes,
    });
    const sh = async (script: string, env: Readonly<Record<string, string>> = {}) => {
      let out = '';
      const argv = ['bash', '-c', script] as const;
      const onOutput = (chunk: Uint8Array): void => void (out += String(chunk));
      const running = await boxes.start({ argv, cwd: work, env, onOutput });
      const exit = await running.exit;
      await running.reap();
      return { exit, out, reached: running.reached() };
    };
    return { run, boxes, sh, refusals };
  }

  it('gives a command its files, a home, a tmp and a user', async () => {
    const { sh } = box();
    const first = await sh(
      'id -u; pwd; echo mine > "$HOME/kept"; echo x > /tmp/x && cat /tmp/x; echo made > made; echo "$A"',
      { A: 'b' },
    );
    expect(first).toEqual({ exit: { kind: 'exited', code: 0 }, reached: [], out: `${user.uid}\n${work}\nx\nb\n` });
    expect(readFileSync(join(work, 'made'), 'utf8')).toBe('made\n');
    expect((await sh('cat "$HOME/kept"; ls /tmp; exit 3')).exit).toEqual({ kind: 'exited', code: 3 });
  });

  it('lets nothing be changed but what is meant to be', async () => {
    const attempts: readonly (readonly [string, string])[] = [
      // That it goes on shows in what comes after.
      ['its supervisor', 'kill -KILL 1; kill -STOP 1; exit 9'],
      ['the root', 'echo x > /x'],
      ['the system', 'echo x > /usr/bin/x'],
      ['its own Node', 'echo x > /__e/orch/supervisor.mjs'],
      ['what is mounted to be read', `echo x > ${shared}/file`],
      ['that by its rights', `chmod 777 ${shared}`],
      ['that by mounting it anew', `mount -o remount,rw ${shared}`],
      ['a mount of its own', 'mount -t tmpfs none /tmp'],
      ['a namespace with all rights', 'unshare --user --map-root-user --mount true'],
      ['the settings of the kernel', 'echo 1 > /proc/sys/kernel/core_uses_pid'],
      ['control groups', 'mkdir /sys/fs/cgroup/memory/x || mkdir /sys/fs/cgroup/x'],
      ['a device', 'mknod /tmp/sda b 8 0'],
      ['another user', "perl -e '$> = 0; exit($> == 0 ? 0 : 9)'"],
    ];
    const script = attempts.map(([, attempt]) => `(${attempt}) > /tmp/said 2>&1; echo $? $(tail -n 1 /tmp/said)`);
    const { exit, out } = await box().sh(script.join('\n'));
    const ends = out.trimEnd().split('\n');
    expect(exit).toEqual({ kind: 'exited', code: 0 });
    expect(ends).toHaveLength(attempts.length);
    // 127 would be an attempt that this image has no program for.
    const done = attempts.filter((_, at) => /^(0|127)( |$)/.test(ends[at] ?? ''));
    expect(done).toEqual([]);
    expect(readFileSync(join(shared, 'file'), 'utf8')).toBe('as it was');
  });

  it('has no rights, no engine and nothing of the environment of orch', async () => {
    const { sh } = box();
    const { out } = await sh(
      `grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t'
      ls /var/run/docker.sock /run/docker.sock 2>/dev/null
      env | cut -d= -f1 | sort | tr '\\n' ' '; echo
      tr '\\0' '\\n' < /proc/1/environ | grep -c -e VITEST -e SECRET`,
      { MY_SECRET: 'abc' },
    );
    const lines = out.split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'CapEff:0000000000000000',
      'CapBnd:0000000000000000',
      'NoNewPrivs:1',
      'Seccomp:2',
    ]);
    expect(lines[4]).toMatch(/HOME .*HTTPS_PROXY .*MY_SECRET /);
    expect(lines[4]).not.toMatch(/VITEST|GIT_CONFIG_NOSYSTEM/);
    expect(lines[5]).toBe('0');
  });

  it('tells nobody who asks the engine about the environment of a command', async () => {
    const { boxes, run } = box();
    let tell: () => void = () => undefined;
    const said = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const env = { MY_SECRET: 'quite-secret' };
    const running = await boxes.start({
      argv: ['bash', '-c', 'echo on; exec sleep 1000'],
      cwd: work,
      env,
      onOutput: () => tell(),
    });
    await said;
    const filters = { label: [`dev.orch.run=${run}`] };
    const [found] = await real.docker.listContainers({ filters });
    const inspected = await real.docker.getContainer(found?.Id ?? '').inspect();
    expect(JSON.stringify(inspected)).not.toContain('quite-secret');
    await running.stop(0);
    await running.reap();
    expect(await real.docker.listContainers({ all: true, filters })).toEqual([]);
  });

  it('ends what multiplies, and says so', async () => {
    const { exit, reached } = await box().sh(`exec sh -c 'for i in $(seq 300); do sleep 1000 & done'`);
    expect(exit).not.toMatchObject({ code: 0 });
    expect(reached).toEqual(['limit of 100 processes and threads']);
  });

  it('ends what takes all memory, and says so', async () => {
    const { exit, reached } = await box().sh('set -o pipefail; head -c 600M /dev/zero | tail -c 599M | wc -c');
    expect(exit).not.toEqual({ kind: 'exited', code: 0 });
    expect(reached).toEqual(['memory limit of 256 MiB']);
  });

  it('says so too when it was the supervisor that memory was taken from', async () => {
    const takes = 'echo 1000 > /proc/1/oom_score_adj; head -c 600M /dev/zero | tail -c 599M | wc -c';
    const { exit, reached } = await box().sh(takes);
    expect(exit).toMatchObject({ kind: 'signalled', lost: expect.any(String) });
    expect(reached).toEqual(['memory limit of 256 MiB']);
  });

  it('leaves nothing running, whatever the command has detached', async () => {
    const mark = `sleep ${100_000 + (process.pid % 100_000)}`;
    const { sh, run } = box();
    await sh(`setsid ${mark} & setsid --fork ${mark}; disown -a`);
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(mark);
    expect(await real.docker.listContainers({ all: true, filters: { label: [`dev.orch.run=${run}`] } })).toEqual([]);
  });

  describe('on the network', () => {
    let port = 0;
    const server = createServer((_, response) => response.end('the host'));
    beforeAll(async () => {
      await new Promise<void>((resolve) => void server.listen(0, '0.0.0.0', resolve));
      ({ port } = server.address() as AddressInfo);
    });
    afterAll(() => server.close());

    it('reaches what is listed, and tells of what is not', async () => {
      const rule = parseAllowRule(`127.0.0.1:${port}`);
      const { sh, refusals } = box({ network: rule.ok ? [rule.value] : [] });
      const ask = (line: string) =>
        `(exec 3<>/dev/tcp/127.0.0.1/3128; printf '${line} HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3; echo)`;
      const { out } = await sh(`echo $HTTPS_PROXY
        ${ask(`GET http://127.0.0.1:${port}/`)} | tail -n 1
        ${ask('CONNECT example.com:443')} | head -n 1
        (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>&1 | tail -n 1`);
      expect(out).toMatch(/^http:\/\/127.0.0.1:3128\nthe host\nHTTP\/1.1 403 Forbidden\r\n.*Connection refused\n$/);
      expect(refusals).toEqual([{ target: 'example.com:443', why: 'not in the network list' }]);
    });

    it.each<readonly [string, BoxSettings['network']]>([
      ['without one', 'none'],
      ['with an empty list', []],
    ])('finds no way %s', async (_, network) => {
      const gateways = Object.values(networkInterfaces()).flatMap((of) => of ?? []);
      const addresses = gateways.filter(({ family }) => family === 'IPv4').map(({ address }) => address);
      const tries = [...addresses, '169.254.169.254', '8.8.8.8'].map(
        (address) => `(exec 3<>/dev/tcp/${address}/${port}) 2>/dev/null && exit 0`,
      );
      const { exit, out } = await box({ network }).sh(
        `${tries.join('\n')}\ngetent hosts example.com && exit 0\nexit 9`,
      );
      expect({ exit, out }).toEqual({ exit: { kind: 'exited', code: 9 }, out: '' });
    });
  });

  it('is refused to root, and where the socket of the engine would be in it', async () => {
    const start = { argv: ['true'], cwd: work, env: {}, onOutput: () => undefined } as const;
    await expect(box({ user: { uid: 0, gid: 0 } }).boxes.start(start)).rejects.toThrow('not root');
    for (const host of [real.socketPath, '/var/run', '/'].map(hostPath))
      await expect(box({ mounts: [{ host, inner: '/in' }] }).boxes.start(start)).rejects.toThrow("the engine's socket");
    expect(existsSync(real.socketPath)).toBe(true);
  });

  it('says why it could not be made, and leaves nothing of it', async () => {
    const { boxes, run } = box({ mounts: [{ host: hostPath(join(scratch, 'none')), inner: '/in' }] });
    const start = { argv: ['true'], cwd: work, env: {}, onOutput: () => undefined } as const;
    await expect(boxes.start(start)).rejects.toThrow('could not be started');
    expect(await real.docker.listContainers({ all: true, filters: { label: [`dev.orch.run=${run}`] } })).toEqual([]);
  });
});
