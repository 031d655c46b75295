/** A copy of a journal that is no larger than its reader can take: whole lines, from both of its ends. */
import { constants, type FileHandle, open } from 'node:fs/promises';
import type { HostPath } from '../shared/brand.ts';
import { machineError } from './safe-files.ts';

const CHUNK = 256 * 1024;
/** Of the limit, for the beginning: it names the jobs, and the end tells how the run went. */
const HEAD = 1 / 4;

/** Bytes: more than a reader gets through, and no burden for a disk. */
const LARGEST = 16 * 1024 * 1024;

/** Makes `target`, readable by its owner alone. Returns how many bytes of the journal were left out in its midst. */
export async function copyJournal(source: HostPath, target: HostPath, limit = LARGEST): Promise<number> {
  try {
    const from = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const to = await open(target, 'wx', 0o400);
      try {
        return await copy(from, to, limit);
      } finally {
        await to.close();
      }
    } finally {
      await from.close();
    }
  } catch (cause) {
    throw machineError(`copy the journal ${source}`, cause);
  }
}

async function copy(from: FileHandle, to: FileHandle, limit: number): Promise<number> {
  const { size } = await from.stat();
  if (size <= limit) {
    await copyRange(from, to, [0, size]);
    return 0;
  }
  const first = Math.floor(limit * HEAD);
  const head = await lastLineEnd(from, first);
  const tail = await nextLineStart(from, size - (limit - first), size);
  await copyRange(from, to, [0, head]);
  await copyRange(from, to, [tail, size]);
  return tail - head;
}

async function copyRange(from: FileHandle, to: FileHandle, [start, end]: readonly [number, number]): Promise<void> {
  const buffer = Buffer.alloc(CHUNK);
  for (let at = start; at < end; ) {
    const { bytesRead } = await from.read(buffer, 0, Math.min(CHUNK, end - at), at);
    if (bytesRead === 0) return;
    await to.write(buffer, 0, bytesRead);
    at += bytesRead;
  }
}

/** Behind the last line that ends at or before `end`; 0 when there is none so near. */
async function lastLineEnd(file: FileHandle, end: number): Promise<number> {
  const start = Math.max(0, end - CHUNK);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
  const newline = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
  return newline < 0 ? 0 : start + newline + 1;
}

/** The first line that begins behind `start`; `end` when none does. */
async function nextLineStart(file: FileHandle, start: number, end: number): Promise<number> {
  const buffer = Buffer.alloc(CHUNK);
  for (let at = start; at < end; ) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK, at);
    if (bytesRead === 0) break;
    const newline = buffer.subarray(0, bytesRead).indexOf(0x0a);
    if (newline >= 0) return at + newline + 1;
    at += bytesRead;
  }
  return end;
}
