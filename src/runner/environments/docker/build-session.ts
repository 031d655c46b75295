/**
 * What the engine's builder may ask while it works: logins for the registries of the images that a Dockerfile begins
 * with. It asks by gRPC over a connection that is turned round for it.
 */
import { randomUUID } from 'node:crypto';
import { performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { Duplex } from 'node:stream';
import { type Engine, isEngineError } from './engine.ts';
import { HUB, type Login } from './logins.ts';
import { readFields, textField } from './protobuf.ts';

export interface BuildSession {
  readonly id: string;
  close(): void;
}

type Logins = ReadonlyMap<string, Login>;

const CREDENTIALS = '/moby.filesync.v1.Auth/Credentials';
const HEALTH = '/grpc.health.v1.Health/Check';

/** Undefined where nothing could be asked for, or the engine has no such builder. */
export async function openBuildSession(
  { docker }: Pick<Engine, 'docker'>,
  logins: Logins,
): Promise<BuildSession | undefined> {
  if (logins.size === 0) return undefined;
  const id = randomUUID();
  const socket = await new Promise<unknown>((resolve, reject) => {
    const headers = {
      Upgrade: 'h2c',
      'X-Docker-Expose-Session-Uuid': id,
      'X-Docker-Expose-Session-Name': 'orch',
      'X-Docker-Expose-Session-Grpc-Method': CREDENTIALS,
    };
    const statusCodes = { 101: true, 200: true, 400: 'bad parameter', 404: 'not there', 500: 'server error' };
    const asked = { path: '/session', method: 'POST', hijack: true, headers, statusCodes };
    docker.modem.dial(asked, (error: unknown, found) => {
      if (error === null) resolve(found);
      else if (isEngineError(error)) resolve(undefined);
      else reject(error);
    });
  });
  if (!(socket instanceof Duplex)) return undefined;
  const session = performServerHandshake(socket);
  serve(session, logins);
  return {
    id,
    close: () => {
      session.destroy();
      socket.destroy();
    },
  };
}

function serve(session: ServerHttp2Session, logins: Logins): void {
  // The build that asks says itself what went wrong.
  session.on('error', () => session.destroy());
  session.on('stream', (stream, headers) => {
    stream.on('error', () => stream.destroy());
    const asked: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => asked.push(chunk));
    stream.on('end', () => {
      const path = headers[':path'];
      if (path === HEALTH) reply(stream, SERVING);
      else if (path === CREDENTIALS) reply(stream, credentialsFor(Buffer.concat(asked).subarray(HEAD), logins));
      else stream.respond({ ...GRPC, 'grpc-status': UNIMPLEMENTED }, { endStream: true });
    });
  });
}

const GRPC = { ':status': 200, 'content-type': 'application/grpc' } as const;
const UNIMPLEMENTED = '12';
/** Before each message: whether it is compressed, which none is, and its length. */
const HEAD = 5;
/** Its only field, a number: serving. */
const SERVING = Buffer.from([0x08, 0x01]);

function reply(stream: ServerHttp2Stream, message: Buffer): void {
  stream.respond(GRPC, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(message.length, 1);
  stream.end(Buffer.concat([head, message]));
}

const HUBS = new Set(['docker.io', 'registry-1.docker.io', 'index.docker.io']);

/** Nothing for a host without a login: it is asked as by anybody. */
function credentialsFor(message: Buffer, logins: Logins): Buffer {
  const host =
    readFields(message)
      .find(({ number }) => number === 1)
      ?.bytes.toString() ?? '';
  const login = logins.get(HUBS.has(host) ? HUB : host);
  return login === undefined
    ? Buffer.alloc(0)
    : Buffer.concat([textField(1, login.username), textField(2, login.password)]);
}
