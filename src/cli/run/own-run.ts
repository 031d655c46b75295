/** Whoever is started by a run cannot wait for its end: the run waits for them. */
import { isStartedBy } from '../../runner/environments/index.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import type { LockHeld } from '../../store/index.ts';
import { UsageError } from '../explain.ts';

/** Throws `UsageError` where the lock is held by the run that this process belongs to. `what` is to have it. */
export function refuseOwnRun(what: string, { by }: LockHeld): void {
  if (by === undefined || !isStartedBy(by.run, process.env)) return;
  throw new UsageError(
    `${what} would wait for itself: the run ${by.run} has started it, and is not over before it is`,
    {
      hint: 'start it when the run is over; framework_review: { after: always } does so for a framework review',
      exitCode: EXIT.locked,
    },
  );
}
