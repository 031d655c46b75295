/** A file that only grows, with its digest: written behind the caller's back, but never far behind. */
import { createHash } from 'node:crypto';
import { constants, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as soon } from 'node:timers/promises';
import { MachineError } from '../../shared/failure.ts';
import { PRIVATE_FILE } from '../../shared/file-modes.ts';

export interface LogFile {
  /** Takes the bytes, which must not change any more. A promise when the disk is behind: wait for it before the next. */
  append(bytes: Uint8Array): void | Promise<void>;
  /** Waits for what was appended. Size and sha256 (hex) are those of what is in the file, also after a failure. */
  close(): Promise<{ readonly bytes: number; readonly sha256: string }>;
}

/** More than this many bytes unwritten: the caller is asked to wait. */
const FAR_BEHIND = 1 << 20;
/** Up to so many bytes, handing them to a thread takes longer than writing them. */
const LITTLE = 1 << 14;

export interface LogFileOptions {
  /** The file may be there, and what comes goes behind what it holds. Otherwise it must not exist. */
  readonly goesOn?: boolean;
  /** Told of the first failure to write; what comes after it is dropped, and what is in the file stays. */
  readonly onFailure: (error: MachineError) => void;
}

/** Opens the file; no link is followed. */
export async function openLogFile(path: string, { goesOn = false, onFailure }: LogFileOptions): Promise<LogFile> {
  const { O_RDWR, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const flags = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | (goesOn ? 0 : O_EXCL);
  const file = await open(path, flags, PRIVATE_FILE).catch((error: unknown) => {
    throw explain(path, error);
  });
  const hash = createHash('sha256');
  let bytes = 0;
  if (goesOn) {
    for await (const part of readAll(file)) {
      hash.update(part);
      bytes += part.length;
    }
  }
  let queue: Uint8Array[] = [];
  let queued = 0;
  let failed = false;
  let writing: Promise<void> | undefined;

  const fail = (error: unknown): void => {
    failed = true;
    queue = [];
    queued = 0;
    onFailure(explain(path, error));
  };
  const writeQueue = async (): Promise<void> => {
    while (queue.length > 0) {
      const [first = new Uint8Array(0), ...more] = queue;
      const data = more.length === 0 ? first : Buffer.concat(queue);
      queue = [];
      queued = 0;
      try {
        for await (const part of writeAll(file, data)) {
          hash.update(part);
          bytes += part.length;
        }
      } catch (error) {
        fail(error);
      }
    }
    writing = undefined;
  };
  return {
    append: (data) => {
      if (failed || data.length === 0) return;
      queue.push(data);
      queued += data.length;
      writing ??= soon().then(writeQueue);
      if (queued > FAR_BEHIND) return writing;
    },
    close: async () => {
      await writing;
      await file.close().catch((error: unknown) => {
        // Network file systems tell of a full disk only now.
        if (!failed) fail(error);
      });
      return { bytes, sha256: hash.digest('hex') };
    },
  };
}

async function* readAll(file: FileHandle): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(FAR_BEHIND);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** The parts as they reach the file: a nearly full disk takes some of a write before it refuses the rest. */
async function* writeAll(file: FileHandle, data: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; ) {
    const bytesWritten =
      data.length > LITTLE ? (await file.write(data, at)).bytesWritten : writeSync(file.fd, data, at);
    yield data.subarray(at, at + bytesWritten);
    at += bytesWritten;
  }
}

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']);

function explain(path: string, error: unknown): MachineError {
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const full = NO_ROOM.has(code);
  return new MachineError(
    {
      code: full ? 'disk-full' : 'environment-lost',
      message: `the log ${path} cannot be written: ${error.message}`,
      ...(full ? { hint: 'free some space, then run `orch clean` or the task again' } : {}),
    },
    { cause: error },
  );
}
