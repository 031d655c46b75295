/** What a run came to, and in words why a job did not take part. */
import type { JobResult } from '../workflow/index.ts';
import type { JobSkipped, RunFinished } from './events.ts';
import { type Plan, type PlannedJob, plannedAt } from './plan.ts';
import { jobAt, type RunState } from './state.ts';
import { itemsOf } from './vector.ts';

/** Exit codes are part of the record: 0 success, 1 the run failed, 130 cancelled. */
export function standingOf(plan: Plan, state: RunState): Pick<RunFinished, 'result' | 'exitCode'> {
  if (state.cancelReason === 'user') return { result: 'cancelled', exitCode: 130 };
  // A failed vital sink: the record is not whole, whatever the jobs did.
  if (state.cancelReason !== undefined) return { result: 'failure', exitCode: 1 };
  const results = plan.jobs.map(({ index }) => jobAt(state, index).result);
  return results.every((result) => result === 'success' || result === 'skipped') && !brokenSomewhere(state)
    ? { result: 'success', exitCode: 0 }
    : { result: 'failure', exitCode: 1 };
}

/** Counts legs; a job that was skipped before it had any counts once. */
export function totalsOf(state: RunState): Readonly<Record<JobResult, number>> {
  const totals = { success: 0, failure: 0, cancelled: 0, skipped: 0 };
  for (const { legs, result } of itemsOf(state.jobs)) {
    if (legs.length === 0) totals[result ?? 'skipped']++;
    else for (const { conclusion } of legs) totals[conclusion ?? 'skipped']++;
  }
  return totals;
}

/** One sentence. */
export function skipMessage(plan: Plan, state: RunState, planned: PlannedJob, reason: JobSkipped['reason']): string {
  switch (reason) {
    case 'condition':
      return `its condition is false: ${planned.condition.replace(/\s+/g, ' ').trim()}`;
    case 'needs':
      return needsMessage(plan, state, planned);
    case 'on-failure':
      return 'an earlier job failed, and on_failure lets nothing new start';
    case 'cancelled':
      return 'the run was cancelled before it started';
    case 'fail-fast':
      return 'another leg of its matrix failed first (fail_fast)';
    case 'concurrency':
      return 'a newer job of the same concurrency group took its place';
    default:
      return reason satisfies never;
  }
}

function needsMessage(plan: Plan, state: RunState, planned: PlannedJob): string {
  const culprits = planned.needs
    .filter((index) => !jobAt(state, index).sound)
    .map((index) => {
      const { result } = jobAt(state, index);
      const verb = {
        failure: 'failed',
        cancelled: 'was cancelled',
        skipped: 'was skipped',
        success: 'stands on a job that did not succeed',
      };
      return `${plannedAt(plan, index).job.id} ${verb[result ?? 'skipped']}`;
    });
  return culprits.join(', ');
}

function brokenSomewhere(state: RunState): boolean {
  for (const { broken } of itemsOf(state.jobs)) if (broken) return true;
  return false;
}
