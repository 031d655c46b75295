/** Calls to the service that keeps the artifacts of workflow runs, as its own client makes them (version 4 and later). */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { HttpClient } from '@actions/http-client';
import { MachineError } from '../../src/shared/failure.ts';
import { PATIENCE, type Patience, patiently } from './patience.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Everything throws a `MachineError` once trying again is of no more use; a `Refusal` where the service said no. */
export interface ResultsService {
  /** The answer's fields. Those of the caller's run and job go along. */
  call(method: string, fields: Readonly<Record<string, string>>): Promise<Fields>;
  download(url: string): Promise<Buffer>;
  /** The whole file, as a stream: a block, and a list of it, as GitHub's own client does and other services expect. */
  upload(url: string, file: string): Promise<void>;
}

/** The service has understood, and will not. */
export class Refusal extends MachineError {
  readonly status: number;

  constructor(status: number, message: string) {
    super({ code: 'environment-lost', message });
    this.name = 'Refusal';
    this.status = status;
  }
}

export const NOT_FOUND = 404;
export const CONFLICT = 409;

/** The name of the only block of an upload. */
const BLOCK = Buffer.from('0'.repeat(36)).toString('base64');

/** The variables are those that a runner gives to actions alone. */
export function openResultsService(
  env: Readonly<Record<string, string | undefined>>,
  patience: Patience = PATIENCE,
): ResultsService {
  const token = env['ACTIONS_RUNTIME_TOKEN'];
  const address = env['ACTIONS_RESULTS_URL'];
  if (!token || !address)
    throw lost('the runner gives no access to them: ACTIONS_RUNTIME_TOKEN or ACTIONS_RESULTS_URL is not set');
  const owner = readOwner(token);
  const base = `${new URL(address).origin}/twirp/github.actions.results.api.v1.ArtifactService/`;
  const http = new HttpClient('orch');
  return {
    call: async (method, fields) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ ...owner, ...fields });
      const post = async (): Promise<Answer> => read((await http.post(base + method, body, headers)).message);
      return readAnswer(method, await ask(post, patience));
    },
    download: async (url) => {
      const { status, body } = await ask(async () => read((await http.get(url)).message), patience);
      if (status !== 200) throw refused('the download', status);
      return body;
    },
    upload: async (url, file) => {
      const put = async (query: string, body: () => Promise<Sent>): Promise<void> => {
        let sent = 0;
        const attempt = async (): Promise<Answer> => {
          sent++;
          return send(http, `${url}&${query}`, await body());
        };
        const { status } = await ask(attempt, patience);
        // An attempt whose answer was lost has done it; the digest that is told at the end is of all of it.
        const isThere = status === CONFLICT && sent > 1;
        if (status !== 201 && !isThere) throw refused('the upload', status);
      };
      await put(`comp=block&blockid=${encodeURIComponent(BLOCK)}`, () => readFileAgain(file));
      const list = `<?xml version="1.0" encoding="utf-8"?><BlockList><Latest>${BLOCK}</Latest></BlockList>`;
      await put('comp=blocklist', () => Promise.resolve({ stream: Readable.from([list]), size: list.length }));
    },
  };
}

/** Run and job, as the token's scope names them. Whether it is genuine is for the service to say. */
function readOwner(token: string): Readonly<Record<string, string>> {
  const claims = readJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const scope = /(?:^| )Actions\.Results:([^: ]+):([^: ]+)(?: |$)/.exec(String(claims?.['scp']));
  if (scope?.[1] === undefined || scope[2] === undefined)
    throw lost('ACTIONS_RUNTIME_TOKEN gives no access to the results of this job');
  return { workflow_run_backend_id: scope[1], workflow_job_run_backend_id: scope[2] };
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

async function ask(attempt: () => Promise<Answer>, patience: Patience): Promise<Answer> {
  try {
    return await patiently(attempt, ({ status }) => status !== 429 && status < 500, patience);
  } catch (error) {
    throw lost(error instanceof Error ? error.message : String(error));
  }
}

/** Read here, since the client would wait for ever for the rest of an answer that breaks off. */
async function read(message: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return { status: message.statusCode ?? 0, body: Buffer.concat(chunks) };
}

interface Sent {
  readonly stream: Readable;
  readonly size: number;
}

async function readFileAgain(file: string): Promise<Sent> {
  const { size } = await stat(file);
  return { stream: createReadStream(file), size };
}

async function send(http: HttpClient, url: string, { stream, size }: Sent): Promise<Answer> {
  try {
    const headers = { 'content-length': size, 'x-ms-blob-content-type': 'application/zip' };
    return await read((await http.sendStream('PUT', url, stream, headers)).message);
  } finally {
    stream.destroy();
  }
}

function readAnswer(method: string, { status, body }: Answer): Fields {
  const fields = readJson(body.toString('utf8'));
  if (status === 200 && fields !== undefined) return fields;
  const reason = fields?.['msg'];
  throw refused(method, status, typeof reason === 'string' ? reason : undefined);
}

function readJson(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text, inOneSpelling);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Protobuf's JSON has two spellings of a field, and services may use either: `signed_url` and `signedUrl`. */
function inOneSpelling(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const spelled = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [spelled(name), field as unknown]));
}

function refused(what: string, status: number, reason?: string): Refusal {
  const why = reason === undefined ? '' : `: ${reason}`;
  return new Refusal(status, `the artifacts of the run: ${what} was answered with ${status}${why}`);
}

function lost(reason: string): MachineError {
  return new MachineError({ code: 'environment-lost', message: `the artifacts of the run: ${reason}` });
}
