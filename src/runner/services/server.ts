/** The service of a run, as it listens on this machine's loopback. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { ListenOptions } from 'node:net';
import { isErrno } from '../../shared/errno.ts';
import { MachineError } from '../../shared/failure.ts';
import { ok, type Result } from '../../shared/result.ts';
import { type Call, callArtifacts, type Fields } from './artifact-calls.ts';
import type { ArtifactShelf, Upload } from './artifact-shelf.ts';
import { serveBlob } from './blobs.ts';
import type { Bearer, Passes } from './passes.ts';
import { noSpace, type Refusal, refusalBody, refuse } from './refusal.ts';
import { readText } from './request-text.ts';

export interface Services {
  readonly run: string;
  readonly shelf: ArtifactShelf;
  readonly ofRun: Call['ofRun'];
  readonly passes: Passes;
  /** Undefined for a job that is over. */
  readonly clientOf: (job: string) => ServiceClient | undefined;
}

/** A job that uses the service. */
export interface ServiceClient extends Pick<Call, 'leg' | 'onStored' | 'onDeleted'> {
  /** Why something that it asked for cannot be, for the job's log. */
  readonly onTrouble: (message: string) => void;
}

export interface Listening {
  /** On this machine: `http://127.0.0.1:1234`. */
  readonly origin: string;
  /** Breaks every connection. Throws what went wrong in the service itself, if anything did. */
  close(): Promise<void>;
}

const METHODS_AT = '/twirp/github.actions.results.api.v1.ArtifactService/';
/** Bytes of a call. */
const LONGEST_CALL = 64 * 1024;
const CONNECTIONS = 512;
/** Milliseconds without a byte, and between the requests of a client. */
const IDLE = 300_000;
const KEPT = 60_000;

export async function startServices(services: Services): Promise<Listening> {
  const faults: unknown[] = [];
  const listener: RequestListener = (request, response) => {
    serve(services, request, response).catch((error: unknown) => {
      faults.push(error);
      response.destroy();
    });
  };
  const server = await open(listener, { host: '127.0.0.1', port: 0 });
  const address = server.address();
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    async close() {
      await close(server);
      if (faults.length > 0) throw faults[0];
    },
  };
}

async function open(listener: RequestListener, at: ListenOptions): Promise<Server> {
  const server = createServer({ requestTimeout: 0, headersTimeout: 30_000, keepAliveTimeout: KEPT }, listener);
  server.maxConnections = CONNECTIONS;
  server.setTimeout(IDLE);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const message = `the artifact service could not be started: ${error.message}`;
      reject(new MachineError({ code: 'setup-failed', message }));
    });
    server.listen(at, resolve);
  });
  return server;
}

async function close(server: Server): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}

async function serve(services: Services, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const origin = originOf(request);
  const url = URL.canParse(request.url ?? '', origin) ? new URL(request.url ?? '', origin) : undefined;
  const answered =
    url === undefined
      ? refuse(400, 'no address that there could be')
      : await attempt(services, { request, response, url });
  if (!answered.ok) return refuseWith(answered.error, response);
  if (answered.value !== undefined) respond(response, 200, answered.value);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

type Answered = Result<Fields | undefined, Refusal>;

/** A disk that is full is the client's to know; anything else that breaks is not its fault. */
async function attempt(services: Services, exchange: Exchange): Promise<Answered> {
  try {
    const { shelf, ofRun, passes, clientOf } = services;
    if (!exchange.url.pathname.startsWith('/blob/')) return await answer(services, exchange);
    const onFull = ({ job, name }: Upload): void =>
      clientOf(job)?.onTrouble(`the artifact ${name} was not stored: there is no space left on the disk`);
    const served = await serveBlob({ shelf, ofRun, passes, onFull, ...exchange });
    return served.ok ? ok(undefined) : served;
  } catch (error) {
    if (isErrno(error, 'ENOSPC', 'EDQUOT')) return noSpace();
    if (isErrno(error, 'ENOENT')) return refuse(404, 'it is not there any more');
    if (error instanceof MachineError) return refuse(403, error.message);
    if (!(error instanceof Error && 'code' in error)) throw error;
    return refuse(500, `orch: ${error.message}`);
  }
}

async function answer(services: Services, { request, url }: Exchange): Promise<Answered> {
  const { run, shelf, ofRun, passes } = services;
  const caller = callerOf(services, request);
  if (caller === undefined) return refuse(401, 'the token is none of a job that runs here');
  if (request.method !== 'POST' || !url.pathname.startsWith(METHODS_AT)) return unknownService(url);
  const body = await readText(request, LONGEST_CALL);
  if (!body.ok) return body;
  const fields = readFields(body.value);
  if (fields === undefined) return refuse(400, 'the request is no JSON object');
  const { bearer, client } = caller;
  return callArtifacts(
    url.pathname.slice(METHODS_AT.length),
    { run, shelf, ofRun, passes, bearer, origin: originOf(request), ...client },
    fields,
  );
}

interface Caller {
  readonly bearer: Bearer;
  readonly client: ServiceClient;
}

function callerOf({ passes, clientOf }: Services, { headers }: IncomingMessage): Caller | undefined {
  const [, token = ''] = /^bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const bearer = passes.readToken(token);
  const client = bearer === undefined ? undefined : clientOf(bearer.job);
  return bearer === undefined || client === undefined ? undefined : { bearer, client };
}

function unknownService({ pathname }: URL): Answered {
  if (pathname.startsWith('/_apis/'))
    return refuse(
      404,
      'orch has artifacts as upload-artifact and download-artifact have them since version 4, and none of those before',
    );
  return refuse(404, `orch has no service at ${pathname}`);
}

/** By the name that the client has for this service, which in a container is another port; never by a name of anybody else. */
function originOf({ headers }: IncomingMessage): string {
  const host = headers.host ?? '';
  return `http://${/^(127\.0\.0\.1|localhost):\d{1,5}$/.test(host) ? host : '127.0.0.1'}`;
}

function readFields(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function refuseWith(refusal: Refusal, response: ServerResponse): void {
  if (response.headersSent) return void response.destroy();
  respond(response, refusal.status, refusalBody(refusal));
}

function respond(response: ServerResponse, status: number, body: Fields | { readonly code: string }): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}
