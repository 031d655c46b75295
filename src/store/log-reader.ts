/** Reading the log of a leg: whole, its last lines, or along with the task that still writes it. Never all in memory. */

import { constants, type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { HostPath } from '../shared/brand.ts';
import { errnoOf } from '../shared/errno.ts';
import { MachineError } from '../shared/failure.ts';
import { watchFile } from './file-changes.ts';
import { machineError } from './safe-files.ts';

export interface ReadLogOptions {
  /** Only so many lines from the end of what is there at the beginning. */
  readonly tail?: number;
}

export interface FollowLogOptions extends ReadLogOptions {
  /** Aborted once nothing more will be written: what is there then is still read. */
  readonly over: AbortSignal;
  /** Ends the reading at once. */
  readonly signal: AbortSignal;
  /** Milliseconds between two looks where the system does not tell of changes. */
  readonly interval?: number;
}

const CHUNK = 64 * 1024;
const NEWLINE = 0x0a;
// A symlink or a FIFO that a task put there is not followed, nor waited for.
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The bytes of a log; nothing when there is no such file. What cannot be read throws `MachineError`. */
export function readLog(path: HostPath, options: ReadLogOptions = {}): AsyncGenerator<Buffer, void, undefined> {
  return followLog(path, { ...options, over: AbortSignal.abort(), signal: new AbortController().signal });
}

/** The same, and then what is added, until it is over. A file that is not there yet is waited for. */
export async function* followLog(path: HostPath, options: FollowLogOptions): AsyncGenerator<Buffer, void, undefined> {
  const file = await openLog(path, options);
  if (file === undefined) return;
  const { over, signal, tail, interval } = options;
  const changes = watchFile(path, {
    signal: AbortSignal.any([over, signal]),
    ...(interval === undefined ? {} : { interval }),
  });
  try {
    let offset = tail === undefined ? 0 : await findTail(file, tail);
    while (!signal.aborted) {
      // Asked before reading: what was written before it was over is still read.
      const last = over.aborted;
      const chunk = await readAt(file, offset, CHUNK);
      offset += chunk.length;
      if (chunk.length > 0) yield chunk;
      else if (last) return;
      else await changes.next();
    }
  } catch (cause) {
    throw machineError(`read the log ${path}`, cause);
  } finally {
    changes.stop();
    await file.close();
  }
}

/** Bytes of a log so far; undefined when there is none. */
export async function logSize(path: HostPath): Promise<number | undefined> {
  const file = await openLog(path, { over: AbortSignal.abort(), signal: AbortSignal.abort() });
  if (file === undefined) return undefined;
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** Undefined when there is no file and none will come. */
async function openLog(path: HostPath, options: FollowLogOptions): Promise<FileHandle | undefined> {
  const { over, signal, interval = 250 } = options;
  const ended = AbortSignal.any([over, signal]);
  for (;;) {
    const last = ended.aborted;
    const file = await tryOpen(path);
    if (file !== undefined || last) return file;
    await delay(interval, undefined, { signal: ended }).catch((cause: unknown) => {
      if (!ended.aborted) throw cause;
    });
  }
}

async function tryOpen(path: HostPath): Promise<FileHandle | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, READ);
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    if (errnoOf(cause) === 'ELOOP') throw notRegular(path);
    throw machineError(`read the log ${path}`, cause);
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw notRegular(path);
}

function notRegular(path: HostPath): MachineError {
  return new MachineError({ code: 'unsafe-tree', message: `cannot read the log ${path}: it is not a regular file` });
}

/** The offset at which the last `lines` lines begin; a last line without its end counts as one. */
async function findTail(file: FileHandle, lines: number): Promise<number> {
  const { size } = await file.stat();
  if (lines <= 0) return size;
  let left = lines;
  for (let end = size; end > 0; end = Math.max(0, end - CHUNK)) {
    const start = Math.max(0, end - CHUNK);
    const chunk = await readAt(file, start, end - start);
    for (let at = chunk.lastIndexOf(NEWLINE); at !== -1; at = at === 0 ? -1 : chunk.lastIndexOf(NEWLINE, at - 1)) {
      // The end of the very last line begins no other.
      if (start + at === size - 1) continue;
      left--;
      if (left === 0) return start + at + 1;
    }
  }
  return 0;
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
