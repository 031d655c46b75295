/** The run that a framework review is about. */
import { nearest } from '../../shared/diagnostic.ts';
import { findRun, type Layout, latestMainRun, listRuns, type RunRecord } from '../../store/index.ts';
import { UsageError } from '../explain.ts';

export interface ReviewedRun {
  readonly record: RunRecord;
  readonly started: NonNullable<RunRecord['started']>;
}

/** The named one, or the latest main run. Throws `UsageError` where there is none to be reviewed. */
export function chooseReviewed(layout: Layout, named: string | undefined): ReviewedRun {
  const record = named === undefined ? latestMainRun(layout) : findRun(layout, named);
  if (record === undefined) throw noRun(layout, named);
  const { run, started, state } = record;
  if (started === undefined)
    throw new UsageError(`the run ${run} left no journal that could be reviewed`, { hint: 'name another run' });
  if (started.stream !== undefined)
    throw new UsageError(`the run ${run} is a framework review itself`, ofMain(layout, started));
  if (started.kind !== 'tasks')
    throw new UsageError(`the run ${run} is of a workflow; what is reviewed is a run of tasks`);
  if (state === 'running') throw new UsageError(`the run ${run} is still on`, { hint: '--wait waits for its end' });
  return { record, started };
}

function noRun(layout: Layout, named: string | undefined): UsageError {
  if (named === undefined)
    return new UsageError('there is no run of tasks to review yet', { hint: 'start one: orch run' });
  const near = nearest(
    named,
    listRuns(layout).map(({ run }) => run),
  );
  const hint = near === undefined ? 'the runs that are remembered are in logs/runs/' : `did you mean ${near}?`;
  return new UsageError(`there is no run "${named}"`, { hint });
}

function ofMain(layout: Layout, { reviewOf }: ReviewedRun['started']): { readonly hint?: string } {
  // Old runs are forgotten, some of them before their reviews.
  return reviewOf === undefined || findRun(layout, reviewOf) === undefined
    ? {}
    : { hint: `review that run again: orch framework-review ${reviewOf}` };
}
