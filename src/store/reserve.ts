/**
 * Some room on the disk that is kept back from a run's start: when logs have filled the rest, the end of the record
 * still fits.
 */
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { hostPath } from '../shared/brand.ts';
import { createFile, errnoOf, removeFile, writeWhole } from './safe-files.ts';

const NAME = '.reserve';
const SIZE = 256 * 1024;

export interface Reserve {
  /** Calls; when there is no space for it, gives the room back and calls once more. */
  spend<T>(write: () => T): T;
  /** Gives the room back; what cannot be removed stays. May be called twice. */
  give(): void;
}

/** On a disk that has no such room any more there is no reserve, and that is found out soon enough. */
export function keepReserve(directory: string): Reserve {
  const path = hostPath(join(directory, NAME));
  let kept = take(path);
  const give = (): void => {
    if (!kept) return;
    kept = false;
    removeFile(path);
  };
  return {
    spend: (write) => {
      try {
        return write();
      } catch (cause) {
        if (!kept || !isFull(cause)) throw cause;
        give();
        return write();
      }
    },
    give,
  };
}

function take(path: ReturnType<typeof hostPath>): boolean {
  const fd = createFile(path);
  try {
    // Zeros on the disk, not a hole in a file.
    writeWhole(fd, Buffer.alloc(SIZE));
    return true;
  } catch (cause) {
    if (!isFull(cause)) throw cause;
    removeFile(path);
    return false;
  } finally {
    closeSync(fd);
  }
}

function isFull(cause: unknown): boolean {
  const errno = errnoOf(cause);
  return errno === 'ENOSPC' || errno === 'EDQUOT';
}
