/** The engine itself: one that goes away in the middle of a run. */
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
});
