import { connect, createServer, type Server, type Socket } from 'node:net';
import { Duplex, PassThrough, Writable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { createDoors } from './doors.ts';
import { afterOpening, createFrameReader, messageFrame, type Order, streamFrame } from './frames.ts';
import { createStreams } from './streams.ts';
import { openSupervised } from './supervised.ts';

/** Both ends of a line in one process, without commands. */
function openLine() {
  const toOrch = new PassThrough();
  const toSupervisor = new PassThrough();
  const tell = (report: Parameters<typeof messageFrame>[0]): void => void toOrch.write(messageFrame(report));
  const streams = createStreams({ tell, send: (id, bytes) => void toOrch.write(streamFrame(id, bytes)) });
  const doors = createDoors(streams, tell);
  const read = afterOpening(
    createFrameReader({
      message: (text) => {
        const order = JSON.parse(text) as Order;
        if (order.op === 'listen')
          void doors.open(order).then((value) => tell({ op: 'reply', call: order.call, value }));
        else if (order.op === 'connect') doors.connect(order);
        else if (order.op === 'stream') streams.hear(order);
      },
      output: () => undefined,
      stream: (id, bytes) => void streams.take(id, bytes),
    }),
  );
  toSupervisor.on('data', read);
  const supervised = openSupervised(Duplex.from({ readable: toOrch, writable: toSupervisor }));
  onTestFinished(() => supervised.end());
  return { supervised, toOrch };
}

async function serve(onClient: (client: Socket) => void): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, onClient);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return portOf(server);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

const to = (port: number): Socket => connect({ host: '127.0.0.1', port, allowHalfOpen: true });

function textOf(socket: Socket): Promise<string> {
  const parts: Uint8Array[] = [];
  return new Promise((resolve) => {
    socket.on('data', (chunk: Uint8Array) => parts.push(chunk));
    socket.once('end', () => socket.end());
    socket.on('error', () => socket.destroy());
    socket.once('close', () => resolve(Buffer.concat(parts).toString()));
  });
}

it('what connects to a door is joined with what is behind it, in both directions, each to its end', async () => {
  const behind = await serve((client) => {
    client.resume();
    client.once('end', () => client.end('answered after the end'));
  });
  const { supervised } = openLine();
  const door = await supervised.listen(0, () => to(behind));
  const client = to(door.ok ? door.value : 0);
  const answer = textOf(client);
  client.end('asked');
  expect(await answer).toBe('answered after the end');
});

it('a connection of this machine reaches a port of the container', async () => {
  const { supervised } = openLine();
  const inner = await serve((client) => void client.end('from inside'));
  const outer = await serve((client) => supervised.join(client, '127.0.0.1', inner));
  expect(await textOf(to(outer))).toBe('from inside');
});

it('one that is refused there breaks off here', async () => {
  const { supervised } = openLine();
  const outer = await serve((client) => supervised.join(client, '127.0.0.1', 1));
  expect(await textOf(to(outer))).toBe('');
});

it('much goes through whole, and one that nobody reads holds up no other', async () => {
  const size = 8 * 1024 * 1024;
  const unread = await serve((client) => void client.pause());
  const echo = await serve((client) => void client.pipe(client));
  const { supervised } = openLine();
  const stuck = await supervised.listen(0, () => to(unread));
  const door = await supervised.listen(0, () => to(echo));
  const full = to(stuck.ok ? stuck.value : 0);
  full.on('error', () => full.destroy());
  full.write(Buffer.alloc(size));
  const client = to(door.ok ? door.value : 0);
  let bytes = 0;
  client.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
  });
  client.end(Buffer.alloc(size, 'x'));
  await new Promise((resolve) => client.once('close', resolve));
  expect(bytes).toBe(size);
  full.destroy();
});

it('a port that is taken is told of', async () => {
  const taken = await serve(() => undefined);
  const { supervised } = openLine();
  expect(await supervised.listen(taken, () => to(taken))).toMatchObject({
    ok: false,
    error: expect.stringContaining('EADDRINUSE'),
  });
});

it('more than may be sent ends the line, and with it every connection', async () => {
  const behind = await serve((client) => void client.pause());
  const { supervised, toOrch } = openLine();
  const sockets: Duplex[] = [];
  const silent = (): Duplex => {
    const socket = new Duplex({ read: () => undefined, write: () => undefined });
    sockets.push(socket);
    return socket;
  };
  const door = await supervised.listen(0, silent);
  const client = to(door.ok ? door.value : 0);
  const end = textOf(client);
  await expect.poll(() => sockets.length).toBe(1);
  for (let at = 0; at < 20; at++) toOrch.write(streamFrame(2, Buffer.alloc(64 * 1024)));
  await expect.poll(() => supervised.isOpen()).toBe(false);
  expect(sockets[0]?.destroyed).toBe(true);
  client.destroy();
  await end;
  const late = to(behind);
  supervised.join(late, '127.0.0.1', behind);
  expect(late.destroyed).toBe(true);
});

it('whoever knocks at a door that is none, or with a number of this end, is turned away', async () => {
  let opened = 0;
  const { supervised, toOrch } = openLine();
  const door = await supervised.listen(0, () => {
    opened += 1;
    return new PassThrough();
  });
  expect(door.ok).toBe(true);
  for (const knock of [
    { op: 'knock', id: 4, door: 99 },
    { op: 'knock', id: 3, door: 1 },
    { op: 'knock', id: 0.5, door: 1 },
  ] as const)
    toOrch.write(messageFrame(knock));
  toOrch.write(messageFrame({ op: 'knock', id: 8, door: 1 }));
  await expect.poll(() => opened).toBe(1);
  expect(supervised.isOpen()).toBe(true);
});

it('who says that it takes, and does not read, fills no memory', async () => {
  const toOrch = new PassThrough();
  const line = Duplex.from({ readable: toOrch, writable: new Writable({ write: () => undefined }) });
  const supervised = openSupervised(line);
  const piece = Buffer.alloc(1024 * 1024);
  let given = 0;
  const endless = (): Duplex =>
    new Duplex({
      write: (_chunk, _encoding, done) => done(),
      read() {
        given += 1;
        this.push(piece);
      },
    });
  void supervised.listen(0, endless);
  toOrch.write(messageFrame({ op: 'knock', id: 2, door: 1 }));
  const lie = messageFrame({ op: 'stream', id: 2, word: 'taken', bytes: 1e9 });
  await expect
    .poll(
      () => {
        for (let at = 0; at < 100; at++) toOrch.write(lie);
        return supervised.isOpen();
      },
      { interval: 1, timeout: 20_000 },
    )
    .toBe(false);
  expect(given).toBeLessThan(300);
});
