/** Whether a run will fit on a disk, asked before it starts. Sizes are bytes. */

import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { HostPath } from '../shared/brand.ts';
import { errnoOf } from '../shared/errno.ts';
import type { Failure } from '../shared/failure.ts';
import { formatBytes } from '../shared/quantity.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { machineError } from './safe-files.ts';

/** What a user without privileges may still write to the file system that holds `path`, which need not exist yet. */
export async function freeSpace(path: HostPath): Promise<number> {
  for (let place: string = path; ; place = dirname(place)) {
    try {
      const { bavail, bsize } = await statfs(place);
      return bavail * bsize;
    } catch (cause) {
      const missing = errnoOf(cause) === 'ENOENT' || errnoOf(cause) === 'ENOTDIR';
      if (!missing || dirname(place) === place) throw machineError(`ask how much space is free in ${path}`, cause);
    }
  }
}

export interface SpaceNeed {
  /** Where, for the message. */
  readonly path: string;
  readonly needed: number;
  readonly free: number;
}

/** Refuses a run that needs more than there is. Orch's own reserve, if any, is the caller's to add to `needed`. */
export function willFit({ path, needed, free }: SpaceNeed): Result<undefined, Failure> {
  if (needed <= free) return ok(undefined);
  return err({
    code: 'disk-full',
    message: `the run needs about ${formatBytes(needed)} in ${path}, and ${formatBytes(free)} are free`,
    hint: 'free some space (`orch clean` removes what earlier runs have left), or run fewer tasks at once',
  });
}
