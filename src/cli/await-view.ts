/** Waiting until a run has come somewhere, as its journal tells. */
import { createRunFold, type RunView } from '../reports/index.ts';
import type { HostPath } from '../shared/brand.ts';
import { type FollowOptions, followJournal } from '../store/index.ts';

export interface AwaitViewOptions extends FollowOptions {
  /** Only events of this job, and of the run as a whole, can make a difference. */
  readonly job: string;
  readonly until: (view: RunView) => boolean;
}

/** The run as soon as `until` agrees with it, or the last one: the run ended, its process died, or the signal came. */
export async function awaitView(path: HostPath, { job, until, ...options }: AwaitViewOptions): Promise<RunView> {
  const fold = createRunFold();
  for await (const entry of followJournal(path, options)) {
    if (entry.kind !== 'event') continue;
    fold.add(entry.event);
    if ('job' in entry.event && entry.event.job !== job) continue;
    const view = fold.view();
    if (until(view)) return view;
  }
  return fold.view();
}
