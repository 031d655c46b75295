/**
 * An upload on disk until it is whole: blocks in files of their own, put together in the order that the client says.
 * Nothing of it is in memory but what is on its way.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { isErrno } from '../../shared/errno.ts';
import { PRIVATE_FILE } from '../../shared/file-modes.ts';
import { ok, type Result } from '../../shared/result.ts';
import { noSpace, type Refusal, refuse } from './refusal.ts';

/** Bytes that stay free on the disk, for the rest of the run. */
const RESERVE = 32 * 1024 * 1024;
/** Azure's. */
const MOST_BLOCKS = 50_000;
/** Bytes that are read at once. */
const ROOM = 256 * 1024;
const OVER = 'the upload is over';

export interface Body {
  readonly stream: Readable;
  /** Bytes, as the client announces them. */
  readonly length: number;
}

/** A file with what the client sent. */
export interface Whole {
  readonly path: HostPath;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/** How many bytes may still be written where a folder is. */
export type FreeSpace = (folder: HostPath) => Promise<number>;

export const freeSpaceAt: FreeSpace = async (folder) => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

export class Incoming {
  readonly #directory: HostPath;
  readonly #freeSpace: FreeSpace;
  readonly #blocks = new Map<string, HostPath>();
  #files = 0;
  #isOpen = true;
  #isGivenUp = false;
  #whole: Whole | undefined;
  #committing: { readonly list: string; readonly whole: Promise<Whole> } | undefined;

  /** `directory` is the upload's own; it must not be there yet. */
  constructor(directory: HostPath, freeSpace: FreeSpace) {
    this.#directory = directory;
    this.#freeSpace = freeSpace;
  }

  async open(): Promise<void> {
    await mkdir(this.#directory, { mode: 0o700 });
  }

  /** Undefined until everything is there. */
  get whole(): Whole | undefined {
    return this.#whole;
  }

  /** One of many; again under the same id, it counts instead of the one before. */
  async putBlock(id: string, body: Body): Promise<Result<void, Refusal>> {
    if (this.#blocks.size >= MOST_BLOCKS) return refuse(409, `an upload has at most ${MOST_BLOCKS} blocks`);
    const received = await this.#receive(body);
    if (!received.ok) return received;
    const before = this.#blocks.get(id);
    this.#blocks.set(id, received.value.path);
    if (before !== undefined) await rm(before, { force: true });
    return ok(undefined);
  }

  /**
   * `ids` of all blocks, in the order of the content. Nothing can be put afterwards; the same list again, of a client
   * that has lost the answer, changes nothing.
   */
  async commit(ids: readonly string[]): Promise<Result<Whole, Refusal>> {
    const list = ids.join(' ');
    if (this.#committing?.list === list) return ok(await this.#committing.whole);
    if (!this.#isOpen) return this.#refuse();
    const paths = ids.flatMap((id) => this.#blocks.get(id) ?? []);
    if (paths.length !== ids.length || new Set(ids).size !== ids.length)
      return refuse(400, 'the list names a block that was not uploaded, or one twice');
    this.#isOpen = false;
    this.#committing = { list, whole: chain(paths, this.#newFile()) };
    this.#whole = await this.#committing.whole;
    return ok(this.#whole);
  }

  /** The content as one, instead of blocks. */
  async putWhole(body: Body): Promise<Result<Whole, Refusal>> {
    const received = await this.#receive(body);
    if (!received.ok) return received;
    this.#isOpen = false;
    this.#whole = received.value;
    return received;
  }

  /** The disk has no room for it. What has come goes, for others to have the room; whatever else comes is refused for that. */
  async giveUp(): Promise<void> {
    this.#isGivenUp = true;
    await this.discard();
  }

  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  async discard(): Promise<void> {
    this.#isOpen = false;
    // A block that still comes may make its file while they go.
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  async #receive({ stream, length }: Body): Promise<Result<Whole, Refusal>> {
    if (!this.#isOpen) return this.#refuse();
    if (length + RESERVE > (await this.#freeSpace(this.#directory))) return noSpace();
    const path = this.#newFile();
    const received = await save(stream, path);
    // Somebody may have ended the upload meanwhile.
    if (received.ok && this.#isOpen && received.value.bytes === length) return received;
    await rm(path, { force: true });
    if (!received.ok) return received;
    return this.#isOpen ? refuse(400, 'the upload is not as long as announced') : this.#refuse();
  }

  #refuse(): Result<never, Refusal> {
    return this.#isGivenUp ? noSpace() : refuse(409, OVER);
  }

  #newFile(): HostPath {
    this.#files += 1;
    return hostPath(join(this.#directory, String(this.#files)));
  }
}

async function save(stream: Readable, path: HostPath): Promise<Result<Whole, Refusal>> {
  try {
    // Whatever becomes of the file, the client has to get its answer.
    return ok(await write(path, [stream.iterator({ destroyOnReturn: false })]));
  } catch (error) {
    await rm(path, { force: true });
    if (isErrno(error, 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE')) return refuse(400, 'the upload broke off');
    throw error;
  }
}

/** Each block goes as soon as it is in the whole, so that the disk needs no room for both. */
function chain(blocks: readonly HostPath[], path: HostPath): Promise<Whole> {
  // One for all of them: large ones that are left to be collected add up.
  const room = Buffer.allocUnsafe(ROOM);
  return write(
    path,
    blocks.map((block) => contentAndEnd(block, room)),
  );
}

async function write(path: HostPath, sources: Iterable<AsyncIterable<Uint8Array>>): Promise<Whole> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', PRIVATE_FILE);
  try {
    for (const source of sources) {
      for await (const chunk of source) {
        hash.update(chunk);
        bytes += chunk.length;
        await file.appendFile(chunk);
      }
    }
  } finally {
    await file.close();
  }
  return { path, bytes, sha256: hash.digest('hex') };
}

/** What it gives is good until the next is asked for. */
async function* contentAndEnd(block: HostPath, room: Uint8Array): AsyncGenerator<Uint8Array> {
  const file = await open(block);
  try {
    for (;;) {
      const { bytesRead } = await file.read(room);
      if (bytesRead === 0) break;
      yield room.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
  await rm(block);
}
