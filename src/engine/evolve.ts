/** What an event makes of the state: total, pure, and the only way that the state changes. */
import { openCall } from './calls.ts';
import { cancelLeg, cancelLegs, dropLeg, dropLegs, jobsWith, purged, stillHolds } from './closing.ts';
import type { CancelReason, EngineEvent, JobExpanded, JobFinished, JobSkipped, RunEventBody } from './events.ts';
import { admitted, askFor, displaced, seated } from './lines.ts';
import { afterBreak, pauseLeg, resumeLeg } from './pausing.ts';
import type { Plan } from './plan.ts';
import { dequeued, enqueued } from './queue.ts';
import { aggregate, mergeOutputs } from './results.ts';
import type { JobState, LegRef, RunState } from './state.ts';
import { findJob, findLeg, jobAt, legAt, plannedAt, withJob, withLeg } from './state.ts';

type Change<T extends EngineEvent['type']> = (
  state: RunState,
  event: Extract<EngineEvent, { readonly type: T }>,
  plan: Plan,
) => RunState;

const CHANGES: { readonly [T in EngineEvent['type']]: Change<T> } = {
  'run.started': (state) => state,
  'run.waiting': (state) => ({ ...state, admission: 'waiting' }),
  'run.admitted': (state) => ({ ...state, admission: 'open' }),
  'run.cancelling': (state, { reason }, plan) => closeRun(plan, { ...state, cancelReason: reason }, 'cancelled'),
  'run.finished': (state) => ({ ...state, finished: true }),
  'run.resumed': afterBreak,
  'job.expanded': expanded,
  'job.called': (state, event) => openCall(state, findLeg(state, event)),
  'job.waiting': (state, event) => seated(state, findLeg(state, event)),
  'job.admitted': (state, event) => admitted(state, findLeg(state, event), event.group),
  'job.displaced': (state, event) => displaced(state, findLeg(state, event), event.message),
  'job.requested': (state, event) => requested(state, findLeg(state, event)),
  'job.paused': pauseLeg,
  'job.resumed': (state, event) => resumeLeg(state, findLeg(state, event), event.how),
  'job.timed-out': (state, event) => cancelLeg(state, findLeg(state, event), 'timeout'),
  'job.cancel-requested': (state) => ({ ...state, toCancel: dequeued(state.toCancel) }),
  'job.skipped': skipped,
  'job.finished': finished,
};

/** What only tells leaves the state as it is. */
export function evolve(plan: Plan, state: RunState, event: RunEventBody): RunState {
  return isEngineEvent(event) ? changed(state, event, plan) : state;
}

function isEngineEvent(event: RunEventBody): event is EngineEvent {
  return Object.hasOwn(CHANGES, event.type);
}

function changed<T extends EngineEvent['type']>(
  state: RunState,
  event: Extract<EngineEvent, { readonly type: T }>,
  plan: Plan,
): RunState {
  return CHANGES[event.type](state, event, plan);
}

function requested(state: RunState, ref: LegRef): RunState {
  const { cancelling } = legAt(state, ref);
  const next = withLeg(state, ref, { phase: 'running' });
  const running = { ...next, startable: dequeued(next.startable), running: next.running + 1 };
  // It was paused when it was cancelled.
  return cancelling === undefined
    ? running
    : { ...running, toCancel: enqueued(running.toCancel, { ...ref, reason: cancelling }) };
}

function expanded(state: RunState, event: JobExpanded): RunState {
  const index = findJob(state, event.job) ?? -1;
  const job: JobState = {
    ...jobAt(state, index),
    legs: event.legs.map((leg) => ({ leg, phase: 'held' })),
    open: event.legs.length,
    failFast: event.failFast,
    maxParallel: event.maxParallel ?? Number.POSITIVE_INFINITY,
  };
  let next: RunState = { ...withJob(state, index, job), toExpand: dequeued(state.toExpand) };
  for (const [leg, { unserved }] of event.legs.entries()) {
    if (unserved !== undefined) next = dropLeg(next, { job: index, leg }, 'unserved');
  }
  return releaseLegs(next, index);
}

/** Lets as many held legs of a matrix go as its max-parallel has room for. */
function releaseLegs(state: RunState, index: number): RunState {
  const { legs, maxParallel } = jobAt(state, index);
  let room = maxParallel - legs.filter((leg) => leg.phase !== 'held' && leg.phase !== 'ended').length;
  let next = state;
  for (const [leg, { phase }] of legs.entries()) {
    if (room <= 0) break;
    if (phase !== 'held') continue;
    next = askFor(next, { job: index, leg });
    room--;
  }
  return next;
}

function skipped(state: RunState, event: JobSkipped): RunState {
  if (event.leg === undefined) {
    const index = findJob(state, event.job) ?? -1;
    const awaiting = event.reason === 'approval' ? { awaiting: true as const } : {};
    const next = withJob(state, index, { ...jobAt(state, index), result: event.result, ...awaiting });
    return jobEnded({ ...next, toExpand: dequeued(next.toExpand) }, index);
  }
  const ref = findLeg(state, { leg: event.leg, job: event.job });
  const next = withLeg(state, ref, { phase: 'ended', outcome: event.result, conclusion: event.result });
  return legEnded({ ...next, toSkip: dequeued(next.toSkip) }, ref);
}

function finished(state: RunState, event: JobFinished, plan: Plan): RunState {
  const ref = findLeg(state, event);
  const before = jobAt(state, ref.job).legs[ref.leg];
  if (before === undefined || before.phase === 'ended') return state;
  let next = withLeg(state, ref, { phase: 'ended', outcome: event.outcome, conclusion: event.conclusion });
  if (event.failure !== undefined) next = withLeg(next, ref, { failed: true });
  // A call holds no slot, and a leg that could not even be set up never did; that one is still in line for it.
  if (before.called !== undefined) next = { ...next, returnable: dequeued(next.returnable) };
  else if (before.phase === 'running') next = { ...next, running: next.running - 1 };
  else next = purged(state, next);
  const job = jobAt(next, ref.job);
  next = withJob(next, ref.job, { ...job, outputs: mergeOutputs(job.outputs, event.outputs) });
  if (event.conclusion === 'failure') next = afterFailure(plan, next, ref);
  return legEnded(next, ref);
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
  const doomed = (job: number): boolean => !outlives(closed, job);
  const next = dropLegs(closed, jobsWith(closed, 'waiting').filter(doomed), closing);
  // Running jobs are asked to end, as on GitHub; their own `always()` steps still run.
  if (closing === 'cancelled') return cancelJobs(next, jobsWith(next, 'running'), state.cancelReason ?? 'user');
  if (plan.policy.onFailure === 'no-new') return next;
  // A call ends by the end of its jobs, of which some may go on.
  const killed = jobsWith(next, 'running').filter((job) => doomed(job) && plannedAt(next, job).job.kind === 'steps');
  return cancelJobs(next, killed, 'on-failure');
}

function cancelJobs(state: RunState, jobs: readonly number[], reason: CancelReason): RunState {
  return jobs.reduce((next, job) => cancelLegs(next, job, reason), state);
}

/** Whether a job that was to run still is to. A cancellation asks its condition again, as GitHub does. */
function outlives(closed: RunState, job: number): boolean {
  return closed.closing === 'on-failure' ? plannedAt(closed, job).outlivesFailure : stillHolds(closed, job);
}

function legEnded(state: RunState, ref: LegRef): RunState {
  const job = jobAt(state, ref.job);
  const open = job.open - 1;
  const next = withJob(state, ref.job, { ...job, open });
  if (open > 0) return releaseLegs(next, ref.job);
  return jobEnded(withJob(next, ref.job, { ...jobAt(next, ref.job), result: aggregate(job.legs) }), ref.job);
}

function jobEnded(state: RunState, index: number): RunState {
  const { result, sound, broken, planned } = jobAt(state, index);
  const mine = { sound: sound && result === 'success', broken: broken || result === 'failure' };
  let next = withJob(state, index, { ...jobAt(state, index), ...mine });
  next = { ...next, ended: next.ended + 1 };
  for (const dependent of planned.dependents) {
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
  return planned.scope.call === undefined ? next : calledJobEnded(next, planned.scope.call);
}

/** The last job of a called workflow lets its caller end. */
function calledJobEnded(state: RunState, { job, leg }: LegRef): RunState {
  const { called } = legAt(state, { job, leg });
  if (called === undefined) throw new Error(`a called job ended before its call`);
  const open = called.open - 1;
  const next = withLeg(state, { job, leg }, { called: { ...called, open } });
  return open > 0 ? next : { ...next, returnable: enqueued(next.returnable, { job, leg }) };
}
