/** What a run came to, and in words why a job did not take part. */
import { EXIT } from '../shared/exit-codes.ts';
import type { JobResult } from '../workflow/index.ts';
import type { JobSkipped, RunFinished } from './events.ts';
import type { Plan } from './plan.ts';
import type { PlannedJob } from './planned-job.ts';
import { isIncomplete, questionLabels } from './platforms.ts';
import { jobAt, type LegState, plannedAt, type RunState } from './state.ts';
import { itemsOf } from './vector.ts';

/** Exit codes are part of the record. */
export function standingOf(plan: Plan, state: RunState): Pick<RunFinished, 'result' | 'exitCode'> {
  if (state.paused > 0) return { result: 'paused', exitCode: EXIT.paused };
  if (state.cancelReason === 'user') return { result: 'cancelled', exitCode: EXIT.cancelled };
  // Another run took its place in a concurrency group.
  if (state.cancelReason === 'concurrency') return { result: 'cancelled', exitCode: EXIT.cancelled };
  // A failed vital sink: the record is not whole, whatever the jobs did.
  if (state.cancelReason !== undefined) return { result: 'failure', exitCode: EXIT.failed };
  const results = plan.jobs.map(({ index }) => jobAt(state, index).result);
  return results.every((result) => result === 'success' || result === 'skipped') && !brokenSomewhere(state)
    ? incompleteSomewhere(plan, state)
      ? { result: 'incomplete', exitCode: EXIT.incomplete }
      : { result: 'success', exitCode: EXIT.success }
    : { result: 'failure', exitCode: EXIT.failed };
}

function isCounted({ called, failed }: LegState): boolean {
  return called === undefined || failed === true;
}

function incompleteSomewhere({ policy }: Plan, state: RunState): boolean {
  const { platforms } = policy;
  if (platforms === undefined) return false;
  for (const { legs } of itemsOf(state.jobs))
    if (legs.some(({ leg }) => isIncomplete(leg.unserved, platforms))) return true;
  return false;
}

/**
 * Counts legs that have ended; a job that was skipped before it had any counts once. Calls are counted by the jobs that
 * they called.
 */
export function totalsOf(state: RunState): Readonly<Record<JobResult, number>> {
  const totals = { success: 0, failure: 0, cancelled: 0, skipped: 0 };
  for (const { legs, result } of itemsOf(state.jobs)) {
    if (legs.length === 0 && result !== undefined) totals[result]++;
    for (const { conclusion } of legs.filter(isCounted)) if (conclusion !== undefined) totals[conclusion]++;
  }
  return totals;
}

/** One sentence. */
export function skipMessage(
  state: RunState,
  planned: PlannedJob,
  reason: JobSkipped['reason'],
  leg?: LegState,
): string {
  switch (reason) {
    case 'condition':
      return `its condition is false: ${planned.condition.replace(/\s+/g, ' ').trim()}`;
    case 'needs':
      return needsMessage(state, planned);
    case 'on-failure':
      return 'an earlier job failed, and on_failure lets nothing new start';
    case 'cancelled':
      return `the ${state.closing === 'cancelled' ? 'run' : 'workflow that it belongs to'} was cancelled before it started`;
    case 'fail-fast':
      return 'another leg of its matrix failed first';
    case 'concurrency':
      return leg?.displaced ?? 'a newer job of the same concurrency group took its place';
    case 'unserved':
      return unservedMessage(leg);
    case 'approval':
      return 'nobody has approved yet what the jobs before it have left';
    default:
      return reason satisfies never;
  }
}

function needsMessage(state: RunState, planned: PlannedJob): string {
  const culprits = planned.needs
    .filter((index) => !jobAt(state, index).sound)
    .map((index) => {
      const { result, legs, awaiting } = jobAt(state, index);
      if (awaiting === true) return `${plannedAt(state, index).id} waits for approval`;
      if (result === 'skipped' && legs.some(({ conclusion }) => conclusion === 'success'))
        return `not every leg of ${plannedAt(state, index).id} could run here`;
      const verb = {
        failure: 'failed',
        cancelled: 'was cancelled',
        skipped: 'was skipped',
        success: 'stands on a job that did not succeed',
      };
      return `${plannedAt(state, index).id} ${verb[result ?? 'skipped']}`;
    });
  return culprits.join(', ');
}

function unservedMessage(leg: LegState | undefined): string {
  const runsOn = leg?.leg.runsOn ?? { labels: [] };
  const { labels, group } = runsOn;
  const asked = [...labels, ...(group === undefined ? [] : [`group ${group}`])].join(', ');
  const question = questionLabels(runsOn);
  return `nobody here serves runs-on: ${asked}${question === undefined ? '' : `; ${question}`}`;
}

function brokenSomewhere(state: RunState): boolean {
  for (const { broken } of itemsOf(state.jobs)) if (broken) return true;
  return false;
}
