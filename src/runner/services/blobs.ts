/** Uploads and downloads by signed addresses, as Azure's block blobs have them as far as GitHub's clients use that. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished, pipeline } from 'node:stream/promises';
import { isErrno } from '../../shared/errno.ts';
import { ok, type Result } from '../../shared/result.ts';
import { type BlobKind, type Call, signedFor } from './artifact-calls.ts';
import type { Artifact, ArtifactShelf, Upload } from './artifact-shelf.ts';
import type { Incoming } from './incoming.ts';
import type { Passes } from './passes.ts';
import { noSpace, type Refusal, refuse } from './refusal.ts';
import { readText } from './request-text.ts';

export interface BlobRequest {
  readonly shelf: ArtifactShelf;
  readonly ofRun: Call['ofRun'];
  readonly passes: Passes;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** The disk has no room for an upload. */
  readonly onFull: (upload: Upload) => void;
}

/** Bytes of the list of an upload's blocks; enough for more than the 100 GB that a client sends in blocks of 8 MiB. */
const LONGEST_LIST = 2 * 1024 * 1024;

/** `/blob/RUN/upload/ID` and `/blob/RUN/download/ID`; `/blob/RUN/earlier/ID` for an artifact of another run. */
export async function serveBlob(blob: BlobRequest): Promise<Result<void, Refusal>> {
  const [, , of = '', kind, id = ''] = blob.url.pathname.split('/');
  const run = decode(of);
  if (run === undefined || !isKind(kind)) return refuse(404, 'there is nothing at this address');
  const signed = signedFor(kind, kind === 'earlier' ? `${run}/${id}` : id);
  if (!blob.passes.isSigned(signed, blob.url.searchParams.get('sig') ?? ''))
    return refuse(403, 'the address is not one that was given out by this run');
  if (kind === 'upload') return upload(blob, id);
  const shelf = kind === 'download' ? blob.shelf : await blob.ofRun(run);
  return shelf === undefined ? refuse(404, 'the run is not there any more') : download({ ...blob, shelf }, id);
}

function isKind(text: string | undefined): text is BlobKind {
  return text === 'upload' || text === 'download' || text === 'earlier';
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

async function upload(blob: BlobRequest, id: string): Promise<Result<void, Refusal>> {
  const begun = blob.shelf.upload(id);
  if (begun === undefined) return refuse(404, 'the upload is over');
  if (blob.request.method !== 'PUT') return refuse(400, 'an address to upload to takes PUT');
  const received = await attempt(() => receive(blob, begun.incoming));
  if (received.ok || received.error.status !== 507) return received;
  if (!begun.incoming.isGivenUp) blob.onFull(begun);
  await begun.incoming.giveUp();
  await readToEnd(blob.request);
  return received;
}

/** A client that is answered while it sends keeps its connection, and its process waits for that to be closed. */
async function readToEnd(request: IncomingMessage): Promise<void> {
  try {
    await finished(request.resume());
  } catch (error) {
    if (!isErrno(error, 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET')) throw error;
  }
}

async function download(blob: BlobRequest, id: string): Promise<Result<void, Refusal>> {
  const artifact = blob.shelf.byId(Number(id));
  if (artifact === undefined) return refuse(404, 'the artifact is not there any more');
  const { method = '' } = blob.request;
  if (!['GET', 'HEAD'].includes(method)) return refuse(400, 'an address to download from takes GET');
  return send(blob, artifact);
}

/** A disk that is full is the client's to know. */
async function attempt(call: () => Promise<Result<void, Refusal>>): Promise<Result<void, Refusal>> {
  try {
    return await call();
  } catch (error) {
    if (isErrno(error, 'ENOSPC', 'EDQUOT')) return noSpace();
    throw error;
  }
}

async function receive({ request, response, url }: BlobRequest, incoming: Incoming): Promise<Result<void, Refusal>> {
  const part = url.searchParams.get('comp');
  const done = part === 'blocklist' ? await takeList(request, incoming) : await takeContent(request, url, incoming);
  if (!done.ok) return done;
  const time = new Date().toUTCString();
  response.writeHead(201, { etag: `"${time}"`, 'last-modified': time, 'content-length': 0 }).end();
  return ok(undefined);
}

async function takeList(request: IncomingMessage, incoming: Incoming): Promise<Result<unknown, Refusal>> {
  const list = await readText(request, LONGEST_LIST);
  if (!list.ok) return list;
  const ids = readBlockList(list.value);
  return ids === undefined ? refuse(400, 'the list of blocks is none') : incoming.commit(ids);
}

/** The ids in an Azure block list, in order; undefined for what is none, so that half a list is not taken for a short one. */
function readBlockList(text: string): readonly string[] | undefined {
  const [whole, listed = ''] = /^\s*(?:<\?xml[^>]*>\s*)?<BlockList(?:\/>|>([^]*)<\/BlockList>)\s*$/.exec(text) ?? [];
  const entry = /<(Latest|Uncommitted|Committed)>([^<]*)<\/\1>/g;
  if (whole === undefined || listed.replaceAll(entry, '').trim() !== '') return undefined;
  return [...listed.matchAll(entry)].map(([, , id = '']) => id.trim());
}

async function takeContent(request: IncomingMessage, url: URL, incoming: Incoming): Promise<Result<unknown, Refusal>> {
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  if (!Number.isSafeInteger(length)) return refuse(411, 'an upload has to say how long it is');
  const body = { stream: request, length };
  switch (url.searchParams.get('comp')) {
    case null:
      return incoming.putWhole(body);
    case 'block': {
      const id = url.searchParams.get('blockid') ?? '';
      return /^[\w+/=-]{1,100}$/.test(id) ? incoming.putBlock(id, body) : refuse(400, 'the block has no id');
    }
    default:
      return refuse(400, 'orch knows blobs of blocks alone');
  }
}

async function send({ shelf, request, response }: BlobRequest, artifact: Artifact): Promise<Result<void, Refusal>> {
  const file = await openRegular(shelf.pathOf(artifact));
  if (file === undefined) return refuse(404, 'the file of the artifact is gone');
  try {
    const { size } = await file.stat();
    const range = readRange(request.headers.range, size);
    if (range === undefined) return refuse(416, `the artifact has ${size} bytes`);
    const { start, end, isPart } = range;
    response.writeHead(isPart ? 206 : 200, {
      'content-type': /^[\w.+-]+\/[\w.+-]+$/.test(artifact.mime) ? artifact.mime : 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeName(artifact)}`,
      'content-length': end - start,
      'accept-ranges': 'bytes',
      etag: `"${artifact.sha256}"`,
      ...(isPart ? { 'content-range': `bytes ${start}-${end - 1}/${size}` } : {}),
    });
    if (request.method === 'HEAD' || start === end) response.end();
    else await pipeline(file.createReadStream({ start, end: end - 1, autoClose: false }), response);
    return ok(undefined);
  } catch (error) {
    // Whoever breaks off has got what it wanted.
    if (!isErrno(error, 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE')) throw error;
    return ok(undefined);
  } finally {
    await file.close();
  }
}

/** What a step has put in its place is not followed. */
async function openRegular(path: string): Promise<FileHandle | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ELOOP', 'ENXIO')) return undefined;
    throw error;
  }
}

interface Span {
  readonly start: number;
  /** Behind the last byte. */
  readonly end: number;
  readonly isPart: boolean;
}

/** Undefined: there is no such part. Whoever asks for several gets all of it. */
function readRange(header: string | undefined, size: number): Span | undefined {
  const [found, from = '', to = ''] = /^bytes=(?!-$)(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (found === undefined) return { start: 0, end: size, isPart: false };
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
  return start < end ? { start, end, isPart: true } : undefined;
}

/** As RFC 5987 wants it. A half of a pair is no text. */
function encodeName({ name, mime }: Artifact): string {
  const file = mime === 'application/zip' && !/\.zip$/i.test(name) ? `${name}.zip` : name;
  const whole = file.replaceAll(/\p{Cs}/gu, '_');
  return encodeURIComponent(whole).replaceAll(
    /['()*!]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
