/** An engine that hangs, and a container that is not heard of any more. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex, PassThrough } from 'node:stream';
import { afterAll, expect, it } from 'vitest';
import { hostPath } from '../../../shared/brand.ts';
import { openEngine } from './engine.ts';
import { outputFrame } from './frames.ts';
import { openSupervised } from './supervised.ts';

const folder = mkdtempSync(join(tmpdir(), 'orch-silence-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('an engine that takes calls and never answers is given up', async () => {
  const server = createServer();
  const socket = join(folder, 'silent.sock');
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const engine = await openEngine({ DOCKER_HOST: `unix://${socket}`, DOCKER_CLIENT_TIMEOUT: '0.05' });
  server.close();
  expect(engine.ok ? '' : engine.error.message).toBe(
    `a container engine is needed: DOCKER_HOST=unix://${socket} does not answer (nothing came within 0.05 seconds)`,
  );
});

const request = { argv: ['sleep', '9'], cwd: hostPath('/'), env: {}, onOutput: () => undefined } as const;

/** A message as anybody may write it. */
function frameOf(message: object): Buffer {
  const text = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(5, 1);
  head.writeUInt32BE(text.length);
  return Buffer.concat([head, text]);
}

function openLine(patience: number) {
  const fromContainer = new PassThrough();
  const toContainer = new PassThrough();
  toContainer.resume();
  return {
    supervised: openSupervised(Duplex.from({ readable: fromContainer, writable: toContainer }), patience),
    fromContainer,
  };
}

it('a container that does not answer a question is lost, and so is what runs in it', async () => {
  const { supervised } = openLine(20);
  const running = await supervised.start(request);
  await running.stop(10);
  expect(await running.exit).toMatchObject({
    kind: 'signalled',
    signal: 'SIGKILL',
    lost: expect.stringMatching(/has not answered/),
  });
  expect(await running.reap()).toMatchObject({ reaped: 0 });
  expect(supervised.isOpen()).toBe(false);
});

it('one whose line breaks is lost at once', async () => {
  const { supervised, fromContainer } = openLine(10_000);
  const running = await supervised.start(request);
  const stopped = running.stop(0);
  fromContainer.end();
  await stopped;
  expect(await running.exit).toMatchObject({
    lost: expect.stringMatching(/its container ended, or the line to it broke/),
  });
});

it('what is no frame ends the line', async () => {
  const { supervised, fromContainer } = openLine(10_000);
  const running = await supervised.start(request);
  fromContainer.write(Buffer.alloc(9, 255));
  expect(await running.exit).toMatchObject({ lost: expect.stringMatching(/cannot be understood/) });
});

it('one that sends on before the last chunk was taken is cut off: a command has found the line', async () => {
  const { supervised, fromContainer } = openLine(10_000);
  let taken = 0;
  let go: () => void = () => undefined;
  const onOutput = (): Promise<void> => {
    taken += 1;
    return new Promise((resolve) => {
      go = resolve;
    });
  };
  const running = await supervised.start({ ...request, onOutput });
  const chunk = outputFrame(1, Buffer.from('x'));
  fromContainer.write(Buffer.concat([chunk, chunk, chunk]));
  expect(await running.exit).toMatchObject({ lost: expect.stringMatching(/cannot be understood/) });
  go();
  expect(taken).toBe(1);
});

it.each<readonly [string, unknown, object]>([
  [
    'a signal of any words',
    { kind: 'signalled', signal: 'SIGKILL\u001b[2J' },
    { kind: 'signalled', signal: 'SIGKILL' },
  ],
  ['an exit code of no program', { kind: 'exited', code: 1e9 }, { kind: 'signalled', signal: 'SIGKILL' }],
  ['half an exit code', { kind: 'exited', code: 0.5 }, { kind: 'signalled', signal: 'SIGKILL' }],
  ['a book of a reason', { kind: 'not-started', message: 'x'.repeat(1e6) }, { message: `${'x'.repeat(999)}…` }],
  ['nothing', null, { kind: 'signalled', signal: 'SIGKILL' }],
])('an end that tells %s is read as one that may be', async (_, exit, read) => {
  const { supervised, fromContainer } = openLine(10_000);
  const running = await supervised.start(request);
  fromContainer.write(frameOf({ op: 'exit', id: 1, exit }));
  expect(await running.exit).toMatchObject(read);
});
