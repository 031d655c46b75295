/** Waiting until a run has come somewhere, as its journal tells. */
import type { HostPath } from '../shared/brand.ts';
import { type FollowOptions, followJournal } from './journal-reader.ts';
import { type RunStatus, statusFold } from './status.ts';

export interface AwaitOptions extends FollowOptions {
  /** Only events of this job, and of the run as a whole, can make a difference. */
  readonly job: string;
  readonly until: (status: RunStatus) => boolean;
}

/** The status as soon as `until` agrees with it, or the last one: the run ended, its process died, or the signal came. */
export async function awaitStatus(path: HostPath, { job, until, ...options }: AwaitOptions): Promise<RunStatus> {
  const fold = statusFold();
  for await (const entry of followJournal(path, options)) {
    if (entry.kind !== 'event') continue;
    fold.add(entry.event);
    if ('job' in entry.event && entry.event.job !== job) continue;
    const status = fold.view();
    if (until(status)) return status;
  }
  return fold.view();
}
