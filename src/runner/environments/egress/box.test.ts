/** The proxy as a box sees it: namespaces in which nothing but loopback and the line to the supervisor leads anywhere. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { formatHost } from '../../../shared/allow-list.ts';
import { hostPath } from '../../../shared/brand.ts';
import { openSupervised } from '../docker/supervised.ts';
import { bundleSupervisor } from '../docker/testing/supervisor-bundle.ts';
import { proxyVariables } from './proxy-variables.ts';
import { openScene, serveHttp } from './testing/proxy-scene.ts';

const PORT = 3128;
const NAMES = {
  'server.test': ['127.0.0.1'],
  // The list has the name, and its owner points it at what is near.
  'rebound.test': ['127.0.0.1'],
  'mixed.test': ['8.8.8.8', '169.254.169.254'],
};

const START = `set -eu
ip link set lo up
mount -t tmpfs none /mnt
mkdir /mnt/home
chmod 777 /mnt/home
touch /mnt/supervisor.mjs
mount --bind -o ro "$2" /mnt/supervisor.mjs
cd /mnt/home
exec setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all --no-new-privs "$1" /mnt/supervisor.mjs`;

const NAMESPACES = ['--net', '--mount', '--propagation', 'private', 'bash', '-c'];
const lacks = whatLacks();

function whatLacks(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can make a box of namespaces alone';
  const { status } = spawnSync('unshare', [...NAMESPACES, 'ip link set lo up && mount -t tmpfs none /mnt']);
  return status === 0 ? undefined : 'this machine makes no such namespaces';
}

interface BoxEnd {
  readonly code: number | null;
  readonly out: string;
}

async function openBox(list: readonly string[]) {
  const scene = await openScene({ list, names: NAMES });
  const program = join(scene.folder, 'supervisor.mjs');
  await bundleSupervisor(program);
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/mnt/home', ...proxyVariables(PORT) };
  const run = async (script: string): Promise<BoxEnd> => {
    const argv = [...NAMESPACES, START, 'box', process.execPath, program];
    const box = spawn('unshare', argv, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    const supervised = openSupervised(Duplex.from({ readable: box.stdout, writable: box.stdin }));
    await supervised.ready;
    const proxy = await supervised.listen(PORT, () => connect({ path: scene.socket, allowHalfOpen: true }));
    if (!proxy.ok) throw new Error(proxy.error);
    let out = '';
    const running = await supervised.start({
      argv: ['bash', '-c', script],
      cwd: hostPath('/mnt/home'),
      env,
      onOutput: (chunk) => void (out += String(chunk)),
    });
    const exit = await running.exit;
    await running.reap();
    const ended = new Promise((resolve) => box.once('close', resolve));
    supervised.end();
    await ended;
    return { code: exit.kind === 'exited' ? exit.code : null, out };
  };
  return { ...scene, run };
}

describe.skipIf(lacks !== undefined)('a box', () => {
  it('reaches a listed host by curl, in a tunnel and without', async () => {
    const port = await serveHttp((request, response) => response.end(`served ${request.url}`));
    const box = await openBox([`server.test:${port}`, `127.0.0.1:${port}`]);
    const url = `http://server.test:${port}`;
    const end = await box.run(`curl -sS ${url}/plain && echo && curl -sS --proxytunnel ${url}/tunnel`);
    expect(end).toEqual({ code: 0, out: 'served /plain\nserved /tunnel' });
    expect(box.refusals).toEqual([]);
  });

  it('clones by git', async () => {
    const { folder } = await openScene({ list: [] });
    const work = join(folder, 'work');
    const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args]);
    git('init', '-q', work);
    git('-C', work, 'commit', '-q', '--allow-empty', '-m', 'from outside');
    git('-C', work, 'update-server-info');
    const port = await serveHttp(serveFolder(join(work, '.git')));
    const box = await openBox([`server.test:${port}`, `127.0.0.1:${port}`]);
    const end = await box.run(`git clone -q http://server.test:${port}/ copy && git -C copy log --format=%s`);
    expect(end).toEqual({ code: 0, out: 'from outside\n' });
  });

  it('asks a registry by npm', async () => {
    const port = await serveHttp((_, response) => response.end(JSON.stringify({ name: 'thing', version: '1.2.3' })));
    const box = await openBox([`server.test:${port}`, `127.0.0.1:${port}`]);
    const end = await box.run(`npm ping --registry http://server.test:${port}/ --fetch-retries 0`);
    expect(end).toMatchObject({ code: 0, out: expect.stringContaining('PONG') });
  });

  it.each<readonly [string, string, number]>([
    ['other.test', 'not in the network list', 443],
    ['rebound.test', 'it resolves to 127.0.0.1 (loopback)', 443],
    ['mixed.test', 'it resolves to 169.254.169.254 (metadata)', 443],
    ['169.254.169.254', 'not in the network list', 443],
  ])('is refused %s: %s', async (host, why, port) => {
    const box = await openBox(['rebound.test', 'mixed.test']);
    const end = await box.run(`curl -sS --noproxy nothing https://${host}/`);
    expect(end.code).toBe(56);
    expect(end.out).toContain('403');
    expect(box.refusals).toEqual([{ target: formatHost({ host, port }), why: expect.stringContaining(why) }]);
  });

  it('finds no other way: no service of the host, no address, no name', async () => {
    const server = createServer((_, response) => response.end('the host'));
    await new Promise<void>((resolve) => void server.listen(0, '0.0.0.0', resolve));
    const { port } = server.address() as AddressInfo;
    const own = execFileSync('hostname', ['-I'], { encoding: 'utf8' })
      .split(' ')
      .filter((part) => /^[\d.]+$/.test(part));
    const box = await openBox([]);
    const addresses = ['127.0.0.1', ...own.map((part) => part.trim()), '169.254.169.254', '8.8.8.8'];
    const tries = addresses.map((address) => `curl -sS --noproxy '*' -m 3 http://${address}:${port}/ && exit 1`);
    const end = await box.run(`${tries.join('\n')}\ngetent hosts localhost.test example.com && exit 1\necho shut`);
    await new Promise((resolve) => void server.close(resolve));
    expect(end.out.trim().split('\n')).toHaveLength(addresses.length + 1);
    expect(end).toMatchObject({ code: 0, out: expect.stringMatching(/shut\n$/) });
  });
});

it('was tested as a box', (context) => {
  if (lacks !== undefined) context.skip(`the proxy was not tried from a box: ${lacks}`);
  expect(lacks).toBeUndefined();
});

function serveFolder(folder: string): RequestListener {
  return (request, response) => {
    const path = new URL(request.url ?? '', 'http://x').pathname;
    const found = spawnSync('cat', [join(folder, path)], { maxBuffer: 1 << 24 });
    response.writeHead(found.status === 0 ? 200 : 404).end(found.stdout);
  };
}
