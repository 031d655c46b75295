/**
 * Appending to a run's journal: one write(2) a line at the moment something happens. A line that the disk cannot take
 * is taken back whole and nothing is written after it, so that a journal is always a clean beginning of the truth.
 */

import {
  close,
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { EventSink, RunEvent } from '../engine/index.ts';
import type { HostPath } from '../shared/brand.ts';
import { errnoOf } from '../shared/errno.ts';
import { PRIVATE_FILE } from '../shared/file-modes.ts';
import { keepReserve } from './reserve.ts';
import { createFile, machineError } from './safe-files.ts';

export interface Journal {
  readonly path: HostPath;
  /** Throws `MachineError` (`disk-full` and others), and from then on always the same one. */
  append(event: RunEvent): void;
  /** Resolves when what was appended so far will outlive a power cut. Rejects as `append` throws. */
  flush(): Promise<void>;
  /** Flushes and closes; a second call answers the same. */
  close(): Promise<void>;
}

const datasync = promisify(fdatasync);
const closeFile = promisify(close);

/** A new journal; fails when there is one already. */
export function createJournal(path: HostPath): Journal {
  return journalAt(path, createFile(path, PRIVATE_FILE));
}

/** Goes on behind the events of a journal that is there. A line that a power cut has torn is taken back. */
export function continueJournal(path: HostPath): Journal {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW);
  } catch (cause) {
    throw machineError(`open the journal ${path}`, cause);
  }
  try {
    ftruncateSync(fd, endOfLines(fd));
  } catch (cause) {
    closeSync(fd);
    throw machineError(`mend the journal ${path}`, cause);
  }
  return journalAt(path, fd);
}

/** Where the last whole line ends. */
function endOfLines(fd: number): number {
  const part = Buffer.alloc(1 << 16);
  for (let end = fstatSync(fd).size; end > 0; ) {
    const start = Math.max(0, end - part.length);
    const newline = part.subarray(0, readSync(fd, part, 0, end - start, start)).lastIndexOf(0x0a);
    if (newline >= 0) return start + newline + 1;
    end = start;
  }
  return 0;
}

function journalAt(path: HostPath, fd: number): Journal {
  try {
    syncDirectory(dirname(path));
  } catch (cause) {
    closeSync(fd);
    throw machineError(`make the journal ${path} durable`, cause);
  }
  const disk = syncer(fd, path);
  // Enough to tell how hundreds of jobs ended, and for the summary after them.
  const reserve = keepReserve(dirname(path));
  let end = fstatSync(fd).size;
  let lost: Error | undefined;
  const flush = async () => {
    if (lost !== undefined) throw lost;
    await disk.flush();
  };
  const finish = async () => {
    try {
      await flush();
    } finally {
      await closeFile(fd);
      reserve.give();
    }
  };
  let closing: Promise<void> | undefined;
  return {
    path,
    append: (event) => {
      lost ??= disk.failure();
      if (lost !== undefined) throw lost;
      // The descriptor may belong to another file by now.
      if (closing !== undefined) throw new Error(`the journal ${path} is closed`);
      const line = Buffer.from(`${JSON.stringify(event)}\n`);
      try {
        end += reserve.spend(() => appendLine(fd, end, line));
      } catch (cause) {
        lost = machineError(`write the journal ${path}`, cause);
        throw lost;
      }
      if (event.type === 'job.finished' || event.type === 'run.finished') disk.request();
    },
    flush,
    close: () => {
      closing ??= finish();
      return closing;
    },
  };
}

/** The journal as a sink; vital, since a run without its record cannot be trusted. */
export function journalSink(journal: Journal): EventSink {
  return { name: 'journal', vital: true, event: (event) => journal.append(event) };
}

/** Returns how many bytes were written: all of them. A disk that fills up takes a part first and fails then. */
function appendLine(fd: number, end: number, line: Uint8Array): number {
  let done = 0;
  try {
    while (done < line.length) done += writeSync(fd, line, done);
  } catch (cause) {
    if (done > 0 || fstatSync(fd).size > end) ftruncateSync(fd, end);
    throw cause;
  }
  return done;
}

/** The file's name must outlive a power cut as well as what is in it. */
function syncDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } catch (cause) {
    // Some network shares cannot do this to a directory.
    if (errnoOf(cause) !== 'EINVAL') throw cause;
  } finally {
    closeSync(fd);
  }
}

interface Syncer {
  /** Starts a sync, or asks for one more behind the one that runs: ends of jobs that come together share it. */
  request(): void;
  flush(): Promise<void>;
  failure(): Error | undefined;
}

function syncer(fd: number, path: HostPath): Syncer {
  let running: Promise<void> | undefined;
  let again = false;
  let failed: Error | undefined;
  const work = async () => {
    try {
      do {
        again = false;
        await datasync(fd);
      } while (again);
    } catch (cause) {
      failed = machineError(`make the journal ${path} durable`, cause);
    } finally {
      // Here and not behind the promise: a request that comes in between would be forgotten.
      running = undefined;
    }
  };
  const request = () => {
    again = true;
    running ??= work();
  };
  return {
    request,
    failure: () => failed,
    flush: async () => {
      request();
      await running;
      if (failed !== undefined) throw failed;
    },
  };
}
