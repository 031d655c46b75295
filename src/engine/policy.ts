/** What only this machine decides about a run; the workflow itself knows nothing of it. */
import type { Concurrency } from './legs.ts';
import type { Platforms } from './platforms.ts';

export interface Policy {
  /** Jobs at once on this machine, 1 or more. */
  readonly maxParallel: number;
  /** What a job's final failure does to the rest; `continue_on_error` failures do nothing. */
  readonly onFailure: 'continue' | 'no-new' | 'kill';
  /** Whether the run goes on while nothing but paused legs is left; by default it ends as `paused`. */
  readonly waitsForPaused?: boolean;
  /** The group of the workflow as a whole, evaluated. */
  readonly concurrency?: Concurrency;
  /** Ids of jobs that nobody has approved yet: they do not start, and what needs them does not either. */
  readonly awaiting?: ReadonlySet<string>;
  /** Which `runs-on` this machine serves. Without it, everything runs here. */
  readonly platforms?: Platforms;
}
