/** What an event makes of the state: total, pure, and the only way that the state changes. */
import { unreachable } from '../shared/result.ts';
import { cancelLeg, cancelLegs, dropLegs, jobsWith } from './closing.ts';
import { judgeCondition } from './conditions.ts';
import type { CancelReason, EngineEvent, JobExpanded, JobFinished, JobSkipped, RunEventBody } from './events.ts';
import { joinGroup, leaveGroup } from './groups.ts';
import { type Plan, plannedAt } from './plan.ts';
import { dequeued, enqueued } from './queue.ts';
import { aggregate, mergeOutputs } from './results.ts';
import type { JobState, LegRef, RunState } from './state.ts';
import { findLeg, jobAt, withJob, withLeg } from './state.ts';

export function evolve(plan: Plan, state: RunState, event: RunEventBody): RunState {
  return isEngineEvent(event) ? evolved(plan, state, event) : state;
}

/** Closed over the union: a new kind of event has to say here which it is. */
const CHANGES_STATE: Readonly<Record<RunEventBody['type'], boolean>> = {
  'run.started': true,
  'job.expanded': true,
  'job.requested': true,
  'job.timed-out': true,
  'job.cancel-requested': true,
  'job.skipped': true,
  'job.finished': true,
  'run.cancelling': true,
  'run.finished': true,
  'task.prepared': false,
  'step.started': false,
  'step.finished': false,
  'attempt.started': false,
  'attempt.finished': false,
  'attempt.delayed': false,
  'verify.started': false,
  'log.closed': false,
  warning: false,
};

function isEngineEvent(event: RunEventBody): event is EngineEvent {
  return CHANGES_STATE[event.type];
}

function evolved(plan: Plan, state: RunState, event: EngineEvent): RunState {
  switch (event.type) {
    case 'job.expanded':
      return expanded(plan, state, event);
    case 'job.requested': {
      const ref = findLeg(plan, state, event);
      const next = withLeg(state, ref, { phase: 'running' });
      return { ...next, startable: dequeued(next.startable), running: next.running + 1 };
    }
    case 'job.timed-out':
      return cancelLeg(state, findLeg(plan, state, event), 'timeout');
    case 'job.cancel-requested':
      return { ...state, toCancel: dequeued(state.toCancel) };
    case 'job.skipped':
      return skipped(plan, state, event);
    case 'job.finished':
      return finished(plan, state, event);
    case 'run.cancelling':
      return closeRun(plan, { ...state, cancelReason: event.reason }, 'cancelled');
    case 'run.finished':
      return { ...state, finished: true };
    case 'run.started':
      return state;
    default:
      return unreachable(event);
  }
}

function expanded(plan: Plan, state: RunState, event: JobExpanded): RunState {
  const index = plan.indexOf.get(event.job.toLowerCase()) ?? -1;
  const job: JobState = {
    ...jobAt(state, index),
    legs: event.legs.map((leg) => ({ leg, phase: 'held' })),
    open: event.legs.length,
    failFast: event.failFast,
    maxParallel: event.maxParallel ?? Number.POSITIVE_INFINITY,
  };
  return releaseLegs({ ...withJob(state, index, job), toExpand: dequeued(state.toExpand) }, index);
}

/** Lets as many held legs of a matrix go as its max-parallel has room for. */
function releaseLegs(state: RunState, index: number): RunState {
  const { legs, maxParallel } = jobAt(state, index);
  let room = maxParallel - legs.filter((leg) => leg.phase !== 'held' && leg.phase !== 'ended').length;
  let next = state;
  for (const [leg, { phase }] of legs.entries()) {
    if (room <= 0) break;
    if (phase !== 'held') continue;
    next = joinGroup(next, { job: index, leg });
    room--;
  }
  return next;
}

function skipped(plan: Plan, state: RunState, event: JobSkipped): RunState {
  if (event.leg === undefined) {
    const index = plan.indexOf.get(event.job.toLowerCase()) ?? -1;
    const next = withJob(state, index, { ...jobAt(state, index), result: event.result });
    return jobEnded(plan, { ...next, toExpand: dequeued(next.toExpand) }, index);
  }
  const ref = findLeg(plan, state, { leg: event.leg, job: event.job });
  const next = withLeg(state, ref, { phase: 'ended', outcome: event.result, conclusion: event.result });
  return legEnded(plan, leaveGroup({ ...next, toSkip: dequeued(next.toSkip) }, ref), ref);
}

function finished(plan: Plan, state: RunState, event: JobFinished): RunState {
  const ref = findLeg(plan, state, event);
  const before = jobAt(state, ref.job).legs[ref.leg];
  if (before === undefined || before.phase === 'ended') return state;
  let next = withLeg(state, ref, { phase: 'ended', outcome: event.outcome, conclusion: event.conclusion });
  // A leg that could not even be set up never held a slot.
  if (before.phase === 'running') next = { ...next, running: next.running - 1 };
  next = leaveGroup(next, ref);
  const job = jobAt(next, ref.job);
  next = withJob(next, ref.job, { ...job, outputs: mergeOutputs(job.outputs, event.outputs) });
  if (event.conclusion === 'failure') next = afterFailure(plan, next, ref);
  return legEnded(plan, next, ref);
}

function afterFailure(plan: Plan, state: RunState, ref: LegRef): RunState {
  let next = state;
  if (jobAt(state, ref.job).failFast) {
    next = dropLegs(next, [ref.job], 'fail-fast');
    next = cancelLegs(next, ref.job, 'fail-fast');
  }
  if (plan.policy.onFailure !== 'continue' && next.closing === undefined) next = closeRun(plan, next, 'on-failure');
  return next;
}

/** Nothing new starts but what outlives this; running work is cancelled, unless the policy lets it go on. */
function closeRun(plan: Plan, state: RunState, closing: 'on-failure' | 'cancelled'): RunState {
  const closed: RunState = { ...state, closing };
  const doomed = (job: number): boolean => !outlives(plan, closed, job);
  const next = dropLegs(closed, jobsWith(closed, 'waiting').filter(doomed), closing);
  // Running jobs are asked to end, as on GitHub; their own `always()` steps still run.
  if (closing === 'cancelled') return cancelJobs(next, jobsWith(next, 'running'), state.cancelReason ?? 'user');
  if (plan.policy.onFailure === 'no-new') return next;
  return cancelJobs(next, jobsWith(next, 'running').filter(doomed), 'on-failure');
}

function cancelJobs(state: RunState, jobs: readonly number[], reason: CancelReason): RunState {
  return jobs.reduce((next, job) => cancelLegs(next, job, reason), state);
}

/** Whether a job that was to run still is to. A cancellation asks its condition again, as GitHub does. */
function outlives(plan: Plan, closed: RunState, job: number): boolean {
  const planned = plannedAt(plan, job);
  if (closed.closing === 'on-failure') return planned.outlivesFailure;
  const condition = judgeCondition(plan, closed, planned);
  return condition.ok && condition.value;
}

function legEnded(plan: Plan, state: RunState, ref: LegRef): RunState {
  const job = jobAt(state, ref.job);
  const open = job.open - 1;
  const next = withJob(state, ref.job, { ...job, open });
  if (open > 0) return releaseLegs(next, ref.job);
  return jobEnded(plan, withJob(next, ref.job, { ...jobAt(next, ref.job), result: aggregate(job.legs) }), ref.job);
}

function jobEnded(plan: Plan, state: RunState, index: number): RunState {
  const { result, sound, broken } = jobAt(state, index);
  const mine = { sound: sound && result === 'success', broken: broken || result === 'failure' };
  let next = withJob(state, index, { ...jobAt(state, index), ...mine });
  next = { ...next, ended: next.ended + 1 };
  for (const dependent of plan.jobs[index]?.dependents ?? []) {
    const job = jobAt(next, dependent);
    const waitingFor = job.waitingFor - 1;
    next = withJob(next, dependent, {
      ...job,
      waitingFor,
      sound: job.sound && mine.sound,
      broken: job.broken || mine.broken,
    });
    if (waitingFor === 0) next = { ...next, toExpand: enqueued(next.toExpand, dependent) };
  }
  return next;
}
