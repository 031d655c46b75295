/** Images that are pulled, from a registry of this test's own. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openEngine } from './engine.ts';
import { provideImage } from './images.ts';
import { createPullProgress } from './pull-progress.ts';
import { findRealEngine } from './testing/real-engine.ts';

it('tells how far it is, now and then', () => {
  const progress = createPullProgress('a:1');
  const report = (id: string, status: string, current = 0, total = 0) => ({
    id,
    status,
    progressDetail: { current, total },
  });
  const told = [
    [{ status: 'Pulling from a', id: '1' }, 0],
    [report('x', 'Pulling fs layer'), 0],
    [report('y', 'Already exists'), 10],
    [report('x', 'Downloading', 2e6, 8e6), 20],
    [report('x', 'Downloading', 4e6, 8e6), 5020],
    [report('x', 'Downloading', 5e6, 8e6), 6000],
    [report('x', 'Extracting', 1e6, 3e6), 11_000],
    ['no report', 17_000],
    [report('x', 'Pull complete'), 23_000],
  ] as const;
  expect(told.flatMap(([one, at]) => progress(one, at) ?? [])).toEqual([
    'Pulling a:1: 4.0 MB of 8.0 MB, 1 of 2 layers',
    'Pulling a:1: 8.0 MB of 8.0 MB, 1 of 2 layers',
    'Pulling a:1: 8.0 MB of 8.0 MB, 1 of 2 layers',
    'Pulling a:1: 8.0 MB of 8.0 MB, 2 of 2 layers',
  ]);
});

const engine = await findRealEngine();

it('has an engine to be tried on', (context) => {
  if (typeof engine === 'string') context.skip(engine);
  expect(engine).toBeTypeOf('object');
});

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** One image of one small layer, of which nobody gets more than the name before `open` is called. */
async function openRegistry(spoilt = false) {
  const folder = mkdtempSync(join(tmpdir(), 'orch-registry-'));
  // Of this run alone: an engine keeps layers that it has seen.
  writeFileSync(join(folder, 'file'), `${process.pid} ${Date.now()}`);
  const layer = execFileSync('tar', ['-C', folder, '-c', 'file']);
  rmSync(folder, { recursive: true });
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    }),
  );
  const type = 'application/vnd.docker.distribution.manifest.v2+json';
  const part = (mediaType: string, bytes: Uint8Array) => ({ mediaType, size: bytes.length, digest: digestOf(bytes) });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      config: part('application/vnd.docker.container.image.v1+json', config),
      layers: [part('application/vnd.docker.image.rootfs.diff.tar', layer)],
    }),
  );
  const blobs = new Map([layer, config].map((bytes) => [digestOf(bytes), bytes]));
  let opened = (): void => undefined;
  const open = new Promise<void>((resolve) => {
    opened = resolve;
  });
  let manifests = 0;
  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    const blob = blobs.get(/\/blobs\/(.*)$/.exec(path)?.[1] ?? '');
    if (path === '/v2/') response.end('{}');
    else if (path.startsWith('/v2/orch-test/pulled/manifests/')) {
      manifests++;
      response.setHeader('Docker-Content-Digest', digestOf(manifest));
      response.setHeader('Content-Type', type);
      response.setHeader('Content-Length', manifest.length);
      response.end(manifest);
    } else if (blob === undefined) {
      response.statusCode = 404;
      response.end(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }));
    } else {
      await open;
      response.end(spoilt && blob === layer ? 'spoilt' : blob);
    }
  };
  const server = createServer((request, response) => void answer(request.url ?? '', response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => server.close());
  const address = server.address();
  const host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return { host, open: () => opened(), manifests: () => manifests };
}

describe.skipIf(typeof engine === 'string')('on a real engine', () => {
  const openReal = async () => {
    const opened = await openEngine(process.env);
    if (!opened.ok) throw new Error(opened.error.message);
    return opened.value;
  };
  const settingsOf = (lines: string[], signal = new AbortController().signal) => ({
    tell: (line: string) => void lines.push(line),
    signal,
    env: { HOME: '/nowhere' },
  });

  it('an image is pulled once for all that need it, and who is cancelled does not end it for the others', async () => {
    const registry = await openRegistry();
    const image = `${registry.host}/orch-test/pulled:1`;
    const real = await openReal();
    const [first, second, third]: [string[], string[], string[]] = [[], [], []];
    const cancelled = new AbortController();
    const asked = [
      provideImage(real, { image }, settingsOf(first, cancelled.signal)),
      // Another job has found another connection, which is the same.
      provideImage(await openReal(), { image }, settingsOf(second)),
      provideImage(real, { image }, settingsOf(third)),
    ];
    await expect.poll(() => [first, second, third].every(({ length }) => length > 0)).toBe(true);
    cancelled.abort();
    expect(await asked[0]).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    registry.open();
    expect(await Promise.all(asked.slice(1))).toEqual([
      { ok: true, value: undefined },
      { ok: true, value: undefined },
    ]);
    await real.docker.getImage(image).remove({ force: true });
    expect(registry.manifests()).toBeLessThanOrEqual(2);
    const said = [first, second, third].flatMap(([line]) => line ?? []);
    expect(said.toSorted((a, b) => a.localeCompare(b))).toEqual([
      `Pulling ${image}`,
      `Waiting for ${image}, which is being pulled`,
      `Waiting for ${image}, which is being pulled`,
    ]);
  });

  it('what goes wrong in the middle of a pull is told', async () => {
    const registry = await openRegistry(true);
    registry.open();
    const pulled = await provideImage(
      await openReal(),
      { image: `${registry.host}/orch-test/pulled:3` },
      settingsOf([]),
    );
    expect(pulled).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/cannot be had: .*(verif|EOF)/) },
    });
  });

  it('a pull that nobody waits for any more ends, and what a registry refuses is told in its words', async () => {
    const registry = await openRegistry();
    const real = await openReal();
    const cancelled = new AbortController();
    const lines: string[] = [];
    const image = `${registry.host}/orch-test/pulled:2`;
    const asked = provideImage(real, { image }, settingsOf(lines, cancelled.signal));
    await expect.poll(() => registry.manifests()).toBeGreaterThan(0);
    cancelled.abort();
    expect(await asked).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    registry.open();
    const missing = await provideImage(real, { image: `${registry.host}/none:1` }, settingsOf(lines));
    expect(missing).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/^the image \S+\/none:1 cannot be had: manifest.* unknown/) },
    });
  });
});
