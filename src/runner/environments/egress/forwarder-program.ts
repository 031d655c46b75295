/**
 * Runs inside a box that has loopback and nothing else: what connects to 127.0.0.1 there is joined with the socket of
 * orch's proxy, which is mounted into the box. It holds nothing worth taking: the list is kept outside.
 *
 * `node forwarder.mjs SOCKET PORT`; port 0 takes a free one. Prints `ready PORT`, and ends with the box.
 */
import { connect, createServer, type Socket } from 'node:net';

const [path = '', port = '0'] = process.argv.slice(2);

const server = createServer({ allowHalfOpen: true }, (client) => {
  const upstream = connect({ path, allowHalfOpen: true });
  tie(client, upstream);
  tie(upstream, client);
});

function tie(one: Socket, other: Socket): void {
  one.on('error', () => other.destroy());
  one.on('close', () => {
    if (!one.readableEnded || !one.writableFinished) other.destroy();
  });
  one.pipe(other);
}

server.on('error', ({ message }) => fail(message));

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

// Where the engine is not on the machine that the socket is of, it is there and nobody listens.
const first = connect({ path });
first.on('error', ({ message }) => fail(message));
first.on('connect', () => {
  first.destroy();
  server.listen(Number(port), '127.0.0.1', () => {
    const address = server.address();
    process.stdout.write(`ready ${typeof address === 'object' ? address?.port : ''}\n`);
  });
});
