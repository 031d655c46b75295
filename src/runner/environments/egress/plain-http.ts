/** Plain HTTP through the proxy: a request that names its whole address is made anew for the host that was checked. */
import { type ClientRequest, type IncomingMessage, request as makeRequest, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { parseAuthority, type Target } from '../../../shared/allow-list.ts';

const PLAIN_PORT = 80;
/** Of one connection alone (RFC 9110, 7.6.1). `host` is written anew, so that it cannot name another than was checked. */
const NOT_PASSED = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface PlainTarget extends Target {
  readonly path: string;
}

/** Reads `http://host[:port]/path`; undefined for anything else that stands in the first line of a request. */
export function parsePlainTarget(url: string): PlainTarget | undefined {
  const parts = /^http:\/\/([^/?#\\@]+)([/?][^#]*)?$/i.exec(url);
  if (parts === null) return undefined;
  const [, authority = '', rest = '/'] = parts;
  const target = parseAuthority(authority, PLAIN_PORT);
  return target && { ...target, path: rest.startsWith('?') ? `/${rest}` : rest };
}

/** Sends the request over `upstream` and the answer back. */
export function passOn(request: IncomingMessage, response: ServerResponse, to: PlainTarget, upstream: Socket): void {
  const fail = (): void => failResponse(response, 'the host broke the connection');
  upstream.on('error', fail);
  let outgoing: ClientRequest;
  try {
    outgoing = makeRequest({
      createConnection: () => upstream,
      setHost: false,
      ...(request.method !== undefined && { method: request.method }),
      path: to.path,
      headers: headersFor(request, to),
    });
  } catch (error) {
    // Node refuses to send some of what it accepts.
    upstream.destroy();
    if (!(error instanceof TypeError)) throw error;
    return failResponse(response, error.message);
  }
  outgoing.on('error', fail);
  outgoing.on('close', fail);
  outgoing.on('response', (answer) => {
    outgoing.off('close', fail);
    passBack(answer, response);
  });
  response.on('close', () => outgoing.destroy());
  pipeline(request, outgoing, (error) => {
    if (error) fail();
  });
}

function passBack(answer: IncomingMessage, response: ServerResponse): void {
  try {
    response.writeHead(answer.statusCode ?? 502, passable(answer).flat());
  } catch (error) {
    answer.destroy();
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    return failResponse(response, error.message);
  }
  pipeline(answer, response, (error) => {
    if (error) response.destroy();
  });
}

/** An answer where one can still be given. */
export function failResponse(response: ServerResponse, text: string, status = 502): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${text}\n`);
}

function headersFor(request: IncomingMessage, { host, port, isAddress }: PlainTarget): readonly string[] {
  const name = isAddress && host.includes(':') ? `[${host}]` : host;
  const own = [
    ['Host', port === PLAIN_PORT ? name : `${name}:${port}`],
    ['Connection', 'close'],
    ...(request.headers['transfer-encoding'] === undefined ? [] : [['Transfer-Encoding', 'chunked']]),
  ];
  return [...own, ...passable(request)].flat();
}

function passable({ rawHeaders, headers }: IncomingMessage): readonly (readonly [string, string])[] {
  const named = new Set((headers.connection ?? '').toLowerCase().split(/\s*,\s*/));
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    // A length that the connection header takes away would let the body be read as a request of its own.
    const isLength = name.toLowerCase() === 'content-length';
    if (isLength || !(NOT_PASSED.has(name.toLowerCase()) || named.has(name.toLowerCase()))) pairs.push([name, value]);
  }
  return pairs;
}
