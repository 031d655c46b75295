/** The events that tell how jobs and legs go on and end: each made of the state, and of what the runner answered. */
import type { JobFinished, JobSkipped, JobTimedOut } from './events.ts';
import { skipMessage } from './outcome.ts';
import type { JobPaused } from './pause-events.ts';
import type { PlannedJob } from './planned-job.ts';
import type { JobOutcome, PausedJob } from './ports.ts';
import { type LegRef, legAt, plannedAt, type RunState } from './state.ts';

/** How events name a leg. */
export function namesOf(state: RunState, ref: LegRef): { readonly job: string; readonly leg: string } {
  return { job: plannedAt(state, ref.job).id, leg: legAt(state, ref).leg.id };
}

export function jobSkipped(state: RunState, job: number, reason: JobSkipped['reason']): JobSkipped {
  const planned = plannedAt(state, job);
  return { type: 'job.skipped', job: planned.id, ...resultFor(reason), message: skipMessage(state, planned, reason) };
}

export function legSkipped(state: RunState, ref: LegRef, reason: JobSkipped['reason']): JobSkipped {
  const message = skipMessage(state, plannedAt(state, ref.job), reason, legAt(state, ref));
  return { type: 'job.skipped', ...namesOf(state, ref), ...resultFor(reason), message };
}

function resultFor(reason: JobSkipped['reason']): Pick<JobSkipped, 'reason' | 'result'> {
  const cancelled = reason === 'cancelled' || reason === 'fail-fast' || reason === 'concurrency';
  return { reason, result: cancelled ? 'cancelled' : 'skipped' };
}

/** The end of the one leg that stands in for those of a job that cannot be set up. */
export function setUpFailed({ id }: PlannedJob, message: string): JobFinished {
  const failure = { code: 'expression', message } as const;
  const ended = { outcome: 'failure', conclusion: 'failure', failure, outputs: {}, duration: 0 } as const;
  return { type: 'job.finished', job: id, leg: id, ...ended };
}

export function legTimedOut(state: RunState, ref: LegRef): JobTimedOut {
  return { type: 'job.timed-out', ...namesOf(state, ref), minutes: legAt(state, ref).leg.timeoutMinutes };
}

/** `time`: milliseconds since the runner was asked for it, the last time. */
export function endOfLeg(
  state: RunState,
  ref: LegRef,
  outcome: JobOutcome | PausedJob,
  time: number,
): JobFinished | JobPaused {
  const names = namesOf(state, ref);
  if (outcome.result === 'paused') {
    const { result: _, ...where } = outcome;
    return { type: 'job.paused', ...names, ...where, duration: time };
  }
  const { leg, spent = 0 } = legAt(state, ref);
  const { result, ...rest } = outcome;
  const conclusion = result === 'failure' && leg.continueOnError ? 'success' : result;
  return { type: 'job.finished', ...names, outcome: result, conclusion, duration: spent + time, ...rest };
}
