/** Connections of the proxy: to addresses that were checked, and from the box to them. */
import { connect, type Socket } from 'node:net';

const MOST_TRIES = 4;

export interface Connecting {
  /** Tried one after the other. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** For each of them, in milliseconds. */
  readonly patience: number;
  /** Ends the attempts, and what became of them. */
  readonly signal: AbortSignal;
}

/** The first of the addresses that answers; undefined when none does. */
export async function connectFirst(request: Connecting): Promise<Socket | undefined> {
  for (const address of request.addresses.slice(0, MOST_TRIES)) {
    if (request.signal.aborted) return undefined;
    const socket = await connectTo(address, request);
    if (socket !== undefined) return socket;
  }
  return undefined;
}

function connectTo(address: string, { port, patience, signal }: Connecting): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    // An address is not looked up again.
    const socket = connect({ host: address, port, signal, allowHalfOpen: true });
    const fail = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    socket.setTimeout(patience, fail);
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeListener('error', fail);
      resolve(socket);
    });
  });
}

/** Carries bytes both ways until both sides have ended, one has failed, or nothing was said for `idle` milliseconds. */
export function join(client: Socket, upstream: Socket, idle: number): void {
  client.setTimeout(idle, () => client.destroy());
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on('error', () => other.destroy());
    // After a proper end what was said last may still be on its way to the other side.
    one.on('close', () => {
      if (!one.readableEnded || !one.writableFinished) other.destroy();
    });
    one.pipe(other);
  }
}

const REASONS = { 400: 'Bad Request', 403: 'Forbidden', 502: 'Bad Gateway' } as const;
const FAREWELL = 5_000;

/** A last answer to a client whose connection carries no HTTP any more. */
export function answerAndEnd(client: Socket, status: keyof typeof REASONS, text: string): void {
  const body = `${text}\n`;
  client.setTimeout(FAREWELL, () => client.destroy());
  client.resume();
  client.end(
    `HTTP/1.1 ${status} ${REASONS[status]}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
