/** The log of one leg: whatever it printed, in order, with the size and hash that the journal records. */
import { createHash } from 'node:crypto';
import { close, writev } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type HostPath, hostPath } from '../shared/brand.ts';
import { logFileName, type RunPaths } from './paths.ts';
import { createFile, machineError } from './safe-files.ts';

export interface LegLog {
  readonly path: HostPath;
  /**
   * Takes a chunk, which must not be changed afterwards. The promise, when there is one, says when to go on: then the
   * writer is never far ahead of the disk. Throws or rejects with `MachineError`, and what was written stays.
   */
  write(chunk: Uint8Array): void | Promise<void>;
  /** Writes what is left; a second call answers the same. `path` is relative to the repository's root, ready for `log.closed`. */
  close(): Promise<{ readonly path: string; readonly bytes: number; readonly sha256: string }>;
}

/** How far the writer may be ahead of the disk. */
const AHEAD = 1024 * 1024;

const closeFile = promisify(close);

export function createLegLog(run: RunPaths, leg: string): LegLog {
  const name = logFileName(leg);
  const path = hostPath(join(run.directory, name));
  const fd = createFile(path);
  const hash = createHash('sha256');
  let waiting: Uint8Array[] = [];
  let ahead = 0;
  let bytes = 0;
  let pump: Promise<void> | undefined;
  let failed: Error | undefined;

  const work = async () => {
    try {
      while (waiting.length > 0) {
        const batch = waiting;
        waiting = [];
        ahead = 0;
        await writeAll(fd, batch);
        for (const chunk of batch) hash.update(chunk);
        bytes += batch.reduce((sum, chunk) => sum + chunk.length, 0);
      }
    } catch (cause) {
      failed = machineError(`write the log ${path}`, cause);
      waiting = [];
    } finally {
      // Here and not behind the promise: a chunk that comes in between would find nobody to write it.
      pump = undefined;
    }
  };
  const settle = async () => {
    await pump;
    if (failed !== undefined) throw failed;
  };
  const finish = async () => {
    try {
      await settle();
    } finally {
      await closeFile(fd);
    }
    return { path: `${run.relative}/${name}`, bytes, sha256: hash.digest('hex') };
  };
  let closing: ReturnType<LegLog['close']> | undefined;
  return {
    path,
    write: (chunk) => {
      if (failed !== undefined) throw failed;
      // The descriptor may belong to another file by now.
      if (closing !== undefined) throw new Error(`the log ${path} is closed`);
      waiting.push(chunk);
      ahead += chunk.length;
      pump ??= work();
      return ahead > AHEAD ? settle() : undefined;
    },
    close: () => {
      closing ??= finish();
      return closing;
    },
  };
}

/** The system may take a part at a time. */
async function writeAll(fd: number, chunks: readonly Uint8Array[]): Promise<void> {
  let rest = chunks.filter((chunk) => chunk.length > 0);
  while (rest.length > 0) rest = dropBytes(rest, await writeSome(fd, rest));
}

function writeSome(fd: number, chunks: readonly Uint8Array[]): Promise<number> {
  return new Promise((resolve, reject) => {
    // 1024 buffers are the most that one writev(2) takes.
    writev(fd, chunks.slice(0, 1024), (error, written) => (error === null ? resolve(written) : reject(error)));
  });
}

function dropBytes(chunks: readonly Uint8Array[], count: number): Uint8Array[] {
  let left = count;
  let at = 0;
  for (let chunk = chunks[at]; chunk !== undefined && left >= chunk.length; chunk = chunks[at]) {
    left -= chunk.length;
    at++;
  }
  const first = chunks[at];
  if (first === undefined) return [];
  return [first.subarray(left), ...chunks.slice(at + 1)];
}
