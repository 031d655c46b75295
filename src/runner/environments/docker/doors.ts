/** The supervisor's part in connections: ports that it opens in the container, and those that it connects to. */
import { connect, createServer } from 'node:net';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { Order, Report } from './frames.ts';
import { MOST_STREAMS, type Streams } from './streams.ts';

type Tell = (report: Report) => void;

export interface Doors {
  /** The port, when it listens; else why it does not. */
  open(order: Order & { readonly op: 'listen' }): Promise<Result<number, string>>;
  connect(order: Order & { readonly op: 'connect' }): void;
}

export function createDoors(streams: Streams, tell: Tell): Doors {
  let last = 0;
  return {
    open: ({ door, port }) =>
      new Promise((resolve) => {
        const server = createServer({ allowHalfOpen: true }, (client) => {
          last += 2;
          if (!streams.carry(last, client)) return void client.destroy();
          tell({ op: 'knock', id: last, door });
        });
        server.maxConnections = MOST_STREAMS;
        server.on('error', ({ message }) => resolve(err(message)));
        server.listen(port, '127.0.0.1', () => {
          const address = server.address();
          resolve(ok(typeof address === 'object' ? (address?.port ?? 0) : 0));
        });
      }),
    connect: ({ id, host, port }) => {
      const socket = connect({ host, port, allowHalfOpen: true });
      if (streams.carry(id, socket)) return;
      socket.destroy();
      tell({ op: 'stream', id, word: 'break' });
    },
  };
}
