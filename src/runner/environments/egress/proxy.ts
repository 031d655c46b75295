/**
 * The way out of a box without a network: a proxy of orch's own on a unix socket, which is mounted into the box. It
 * opens connections to listed hosts alone, and tells of everything that it refuses.
 */
import { chmod } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type AllowList, formatHost, parseAuthority, type Target } from '../../../shared/allow-list.ts';
import type { HostPath } from '../../../shared/brand.ts';
import { cutText } from '../../../shared/cut-text.ts';
import { MachineError } from '../../../shared/failure.ts';
import { answerAndEnd, connectFirst, join } from './connecting.ts';
import { type Judge, type Judgement, judgeTarget } from './judgement.ts';
import { ownAddresses, type Resolve, resolveBySystem, shareLookups } from './lookups.ts';
import { failResponse, parsePlainTarget, passOn } from './plain-http.ts';

export interface EgressSettings {
  readonly list: AllowList;
  /** Called for every refusal, as often as the box tries. */
  readonly onRefusal: (refusal: Refusal) => void;
  /** How names become addresses; absent: as this machine does. */
  readonly resolve?: Resolve;
  readonly limits?: Partial<EgressLimits>;
}

/** `why` completes "refused: ". */
export interface Refusal {
  /** `example.com:443`; of what is no host what was asked for, in plain ASCII and not all of it. */
  readonly target: string;
  readonly why: string;
}

/** Spans are milliseconds. */
export interface EgressLimits {
  /** At once; more are closed unheard. */
  readonly connections: number;
  /** Bytes of a request's first lines. */
  readonly headers: number;
  /** For those lines to come. */
  readonly request: number;
  /** For a name to be looked up, and for each address to answer. */
  readonly connect: number;
  /** Without a byte in either direction. */
  readonly idle: number;
}

export interface Egress {
  /** Breaks every connection. Throws what went wrong in the proxy itself, if anything did. */
  close(): Promise<void>;
}

const LIMITS: EgressLimits = { connections: 256, headers: 16_384, request: 10_000, connect: 10_000, idle: 900_000 };
const LOOKUPS = 2;
/** What the path of a unix socket may hold, its end included. */
const LONGEST_PATH = 107;

/** Listens at `path`, which must be free; the folder that it is in decides who on this machine can reach it. */
export async function openEgress(path: HostPath, settings: EgressSettings): Promise<Egress> {
  const limits = { ...LIMITS, ...settings.limits };
  const judge = {
    list: settings.list,
    resolve: shareLookups(settings.resolve ?? resolveBySystem, LOOKUPS),
    own: ownAddresses,
  };
  const faults: unknown[] = [];
  const closing = new AbortController();
  const place = { judge, limits, onRefusal: settings.onRefusal, signal: closing.signal };
  const server = createServer({
    maxHeaderSize: limits.headers,
    headersTimeout: limits.request,
    connectionsCheckingInterval: Math.min(limits.request, 5_000),
    requireHostHeader: false,
  });
  server.maxConnections = limits.connections;
  const clients = new Set<Socket>();
  server.on('connection', (client: Socket) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
  });
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    client.on('error', () => client.destroy());
    serveTunnel(place, { request, client, head }).catch((error: unknown) => {
      faults.push(error);
      client.destroy();
    });
  });
  server.on('request', (request, response) => {
    servePlain(place, request, response).catch((error: unknown) => {
      faults.push(error);
      response.destroy();
    });
  });
  await listen(server, path);
  return {
    close: async () => {
      const closed = new Promise((resolve) => void server.close(resolve));
      for (const client of clients) client.destroy();
      closing.abort();
      await closed;
      if (faults.length > 0) throw faults[0];
    },
  };
}

interface Place {
  readonly judge: Judge;
  readonly limits: EgressLimits;
  readonly onRefusal: EgressSettings['onRefusal'];
  readonly signal: AbortSignal;
}

interface TunnelRequest {
  readonly request: IncomingMessage;
  readonly client: Socket;
  readonly head: Buffer;
}

async function serveTunnel(place: Place, { request, client, head }: TunnelRequest): Promise<void> {
  const target = parseAuthority(request.url ?? '');
  if (target === undefined) {
    tellIllegible(place, request);
    return answerAndEnd(client, 400, 'orch: CONNECT wants a host and a port');
  }
  const opened = await open(place, target);
  if (!('socket' in opened)) return answerAndEnd(client, opened.status, opened.text);
  const { socket } = opened;
  if (client.destroyed) return void socket.destroy();
  client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  if (head.length > 0) socket.write(head);
  join(client, socket, place.limits.idle);
}

async function servePlain(place: Place, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = parsePlainTarget(request.url ?? '');
  if (target === undefined) {
    tellIllegible(place, request);
    const wanted = 'orch: this is a proxy; it wants CONNECT, or an address that begins with http://';
    return failResponse(response, wanted, 400);
  }
  const opened = await open(place, target);
  if (!('socket' in opened)) return failResponse(response, opened.text, opened.status);
  const { socket } = opened;
  if (response.destroyed) return void socket.destroy();
  socket.setTimeout(place.limits.idle, () => socket.destroy());
  passOn(request, response, target, socket);
}

const LONGEST_TARGET = 100;

/** Whoever asks for a path means the proxy itself. Of an address the host alone: the rest may be somebody's secret. */
function tellIllegible({ onRefusal }: Place, { url = '' }: IncomingMessage): void {
  if (url.startsWith('/')) return;
  const [host = ''] = url.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').split(/[/?#\\]/, 1);
  const named = host.slice(host.lastIndexOf('@') + 1).replaceAll(/[^!-~]/g, '?');
  onRefusal({ target: cutText(named, LONGEST_TARGET), why: 'this is no host and port that could be listed' });
}

type Opened = { readonly socket: Socket } | { readonly status: 403 | 502; readonly text: string };

async function open({ judge, limits, onRefusal, signal }: Place, target: Target): Promise<Opened> {
  const called = `orch: ${formatHost(target)}`;
  const judgement = await withinTime(judgeTarget(judge, target), limits.connect);
  switch (judgement.kind) {
    case 'refused':
      onRefusal({ target: formatHost(target), why: judgement.why });
      return { status: 403, text: `${called} refused: ${judgement.why}` };
    case 'unknown':
      return { status: 502, text: `${called}: ${judgement.why}` };
    case 'allowed': {
      const { addresses } = judgement;
      const socket = await connectFirst({ addresses, port: target.port, patience: limits.connect, signal });
      return socket === undefined ? { status: 502, text: `${called} does not answer` } : { socket };
    }
  }
}

async function withinTime(judging: Promise<Judgement>, patience: number): Promise<Judgement> {
  const timer = new AbortController();
  const late = wait<Judgement>(patience, { kind: 'unknown', why: 'the name could not be looked up in time' }, timer);
  late.catch(() => undefined);
  try {
    return await Promise.race([judging, late]);
  } finally {
    timer.abort();
  }
}

async function listen(server: Server, path: HostPath): Promise<void> {
  if (Buffer.byteLength(path) > LONGEST_PATH) throw noProxy(`the path of its socket is too long: ${path}`);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(noProxy(error.message)));
    server.listen(path, resolve);
  });
  // The box has a user of its own.
  await chmod(path, 0o666);
}

function noProxy(reason: string): MachineError {
  return new MachineError({
    code: 'setup-failed',
    message: `the proxy of the sandbox could not be started: ${reason}`,
  });
}
