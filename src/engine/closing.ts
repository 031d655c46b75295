/** Taking work back: legs that run are asked to end, legs that wait will not start. */
import type { CancelReason, JobSkipped } from './events.ts';
import { enqueued, filtered } from './queue.ts';
import { jobAt, type LegRef, type LegState, legAt, type RunState, withLeg } from './state.ts';

/** Asked once only: a leg that is being cancelled stays so for its first reason. */
export function cancelLeg(state: RunState, ref: LegRef, reason: CancelReason): RunState {
  const leg = legAt(state, ref);
  if (leg.phase !== 'running' || leg.cancelling !== undefined) return state;
  const next = withLeg(state, ref, { cancelling: reason });
  return { ...next, toCancel: enqueued(next.toCancel, { ...ref, reason }) };
}

/** A leg that waits will be skipped instead. */
export function dropLeg(state: RunState, ref: LegRef, reason: JobSkipped['reason']): RunState {
  return purged(dropped(state, ref, reason));
}

/** Drops every waiting leg of the jobs that match. */
export function dropLegs(state: RunState, matches: (job: number) => boolean, reason: JobSkipped['reason']): RunState {
  let next = state;
  for (let job = 0; job < state.jobs.length; job++) {
    const { legs } = jobAt(next, job);
    if (!legs.some(isWaiting) || !matches(job)) continue;
    for (let leg = 0; leg < legs.length; leg++) next = dropped(next, { job, leg }, reason);
  }
  return purged(next);
}

function dropped(state: RunState, ref: LegRef, reason: JobSkipped['reason']): RunState {
  if (!isWaiting(legAt(state, ref))) return state;
  const next = withLeg(state, ref, { phase: 'dropped' });
  return { ...next, toSkip: enqueued(next.toSkip, { ...ref, reason }) };
}

/** Takes what was dropped out of the line for slots. */
function purged(state: RunState): RunState {
  return { ...state, startable: filtered(state.startable, (ref) => legAt(state, ref).phase === 'startable') };
}

function isWaiting({ phase }: LegState): boolean {
  return phase === 'held' || phase === 'grouped' || phase === 'startable';
}
