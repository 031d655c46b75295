/**
 * Some room on the disk that is kept back from a run's start: when logs have filled the rest, the end of the record
 * still fits.
 */

import { closeSync, ftruncateSync } from 'node:fs';
import { join } from 'node:path';
import { hostPath } from '../shared/brand.ts';
import { errnoOf } from '../shared/errno.ts';
import { createFile, removeFile, writeWhole } from './safe-files.ts';

const NAME = '.reserve';
const SIZE = 256 * 1024;
/** Given back a little at a time: whatever else still writes would eat the rest at once. */
const PART = 16 * 1024;

export interface Reserve {
  /** Calls; when there is no space for it, gives some room back and calls again. */
  spend<T>(write: () => T): T;
  /** Gives back what is left. May be called twice. */
  give(): void;
}

/** On a disk that has no such room any more the reserve is what there was. */
export function keepReserve(directory: string): Reserve {
  const path = hostPath(join(directory, NAME));
  // Of a process that was killed; nobody else has this run.
  removeFile(path);
  const fd = createFile(path);
  let left = take(fd);
  let open = true;
  return {
    spend: (write) => {
      for (;;) {
        try {
          return write();
        } catch (cause) {
          if (!isFull(cause) || left === 0 || !open) throw cause;
          left = Math.max(0, left - PART);
          ftruncateSync(fd, left);
        }
      }
    },
    give: () => {
      if (!open) return;
      open = false;
      closeSync(fd);
      removeFile(path);
    },
  };
}

/** Zeros on the disk, not a hole in a file. Returns how many bytes there was room for. */
function take(fd: number): number {
  for (let size = 0; size < SIZE; size += PART) {
    try {
      writeWhole(fd, Buffer.alloc(PART));
    } catch (cause) {
      if (!isFull(cause)) throw cause;
      return size;
    }
  }
  return SIZE;
}

function isFull(cause: unknown): boolean {
  const errno = errnoOf(cause);
  return errno === 'ENOSPC' || errno === 'EDQUOT';
}
