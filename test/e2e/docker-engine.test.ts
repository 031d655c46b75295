/** The engine itself: one that goes away in the middle of a run, one that cannot start what orch would have it start. */
import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  atEngine,
  BASE_IMAGE,
  createWorkflowRepository,
  orch,
  readOnlyRun,
  SMALL_IMAGE,
  startOrch,
  waitUntil,
  whyNoContainers,
} from './rig/index.ts';

const reason = whyNoContainers();

test('there is an engine for tests of its absence', (context) => {
  if (reason !== undefined) context.skip(reason);
  expect(reason).toBeUndefined();
});

/** A socket that stands for the real one, until it is cut. */
async function openProxy(path: string): Promise<{ readonly cut: () => void }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: '/var/run/docker.sock', allowHalfOpen: true });
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    client.pipe(engine).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    cut: () => {
      server.close();
      rmSync(path, { force: true });
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe.skipIf(reason !== undefined)('an engine', () => {
  test('that goes away fails the jobs that it has, at once and with the reason, and the others go on', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  lost:
    runs-on: ubuntu-latest
    container: ${BASE_IMAGE}
    services: { other: { image: '${BASE_IMAGE}', command: sleep 1000 } }
    steps:
      - run: echo begun; sleep 1000
      - { if: always(), run: echo last }
  plain: { runs-on: ubuntu-latest, steps: [{ run: echo plain }] }
  next: { runs-on: ubuntu-latest, if: github.actor == 'next', container: '${BASE_IMAGE}', steps: [{ run: echo next }] }
`,
    });
    const socket = join(repository.place.top, 'engine.sock');
    const proxy = await openProxy(socket);
    const started = startOrch(repository, ['run', 'ci'], { env: { DOCKER_HOST: `unix://${socket}` } });
    await started.event('step.started');
    await waitUntil('the step has begun', () => readOnlyRun(repository).text('lost.log').includes('\nbegun\n'));
    proxy.cut();
    const result = await started.ended;
    const { text } = readOnlyRun(repository);
    expect(text('lost.log')).toContain('##[error]The step was lost: its container ended, or the line to it broke.');
    expect(text('lost.log')).toContain('##[error]the container is gone');
    expect(text('lost.log')).toMatch(/a service could not be removed \(connect ENOENT [^)]+\); the next job that uses/);
    expect(text('plain.log')).toContain('plain');
    expect(result.exitCode).toBe(1);
    expect(result.stderr).not.toContain('internal');
    // The job's container ended with its line; the rest is removed when the engine can be asked again.
    expect((await orch(repository, ['run', 'ci', '--job', 'next', '--actor', 'next'])).exitCode).toBe(0);
    await waitUntil('nothing is left at the engine', () => atEngine(repository).length === 0);
  });

  test('that cannot start the supervisor in an image runs each step by itself, and says so once', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  plain:
    runs-on: ubuntu-latest
    # Hides the libraries of the Node that is mounted.
    container: { image: '${SMALL_IMAGE}', volumes: ['/__e/lib'] }
    steps:
      - { id: one, run: 'echo "at $PWD"; echo n=3 >>"$GITHUB_OUTPUT"; echo V=w >>"$GITHUB_ENV"; mkdir sub' }
      - { timeout-minutes: 0.02, continue-on-error: true, run: 'sleep 4243 & echo slow; exec sleep 4243' }
      - { working-directory: sub, run: 'echo "$V \${{ steps.one.outputs.n }} $(ps | grep -c "sleep [4]243")"; exit 7' }
`,
    });
    const result = await orch(repository, ['run', 'ci']);
    const log = readOnlyRun(repository).text('plain.log');
    expect(log.match(/No supervisor starts in the container \(.*no such file/g)).toHaveLength(1);
    expect(log).toMatch(/\nat \/__w\/([^/]+)\/\1\n/);
    expect(log).toMatch(/\nslow\n[^]*\nw 3 0\n/);
    expect(log).toContain('##[error]Process completed with exit code 7.');
    expect(result.exitCode).toBe(1);
    expect(atEngine(repository)).toEqual([]);
  });
});
