/** Taking work back: legs that run are asked to end, legs that wait will not start. */
import type { CancelReason, JobSkipped } from './events.ts';
import { enqueued, filtered } from './queue.ts';
import { jobAt, type LegRef, type LegState, legAt, type RunState, withLeg } from './state.ts';
import { itemsOf } from './vector.ts';

/** Asked once only: a leg that is being cancelled stays so for its first reason. */
export function cancelLeg(state: RunState, ref: LegRef, reason: CancelReason): RunState {
  const leg = legAt(state, ref);
  if (leg.phase !== 'running' || leg.cancelling !== undefined) return state;
  const next = withLeg(state, ref, { cancelling: reason });
  return { ...next, toCancel: enqueued(next.toCancel, { ...ref, reason }) };
}

/** Asks the running legs of a job to end. */
export function cancelLegs(state: RunState, job: number, reason: CancelReason): RunState {
  let next = state;
  for (const leg of jobAt(state, job).legs.keys()) next = cancelLeg(next, { job, leg }, reason);
  return next;
}

/** A leg that waits will be skipped instead. */
export function dropLeg(state: RunState, ref: LegRef, reason: JobSkipped['reason']): RunState {
  return purged(state, dropped(state, ref, reason));
}

/** Drops every waiting leg of the jobs. */
export function dropLegs(state: RunState, jobs: readonly number[], reason: JobSkipped['reason']): RunState {
  let next = state;
  for (const job of jobs) {
    for (const leg of jobAt(state, job).legs.keys()) next = dropped(next, { job, leg }, reason);
  }
  return purged(state, next);
}

/** Jobs with a leg that waits, or with one that runs. */
export function jobsWith(state: RunState, phase: 'waiting' | 'running'): readonly number[] {
  const matches = phase === 'waiting' ? isWaiting : isRunning;
  const found: number[] = [];
  let index = 0;
  for (const { legs } of itemsOf(state.jobs)) {
    if (legs.some(matches)) found.push(index);
    index++;
  }
  return found;
}

function dropped(state: RunState, ref: LegRef, reason: JobSkipped['reason']): RunState {
  if (!isWaiting(legAt(state, ref))) return state;
  const next = withLeg(state, ref, { phase: 'dropped' });
  return { ...next, toSkip: enqueued(next.toSkip, { ...ref, reason }) };
}

/** Takes what was dropped out of the line for slots, which costs the length of the line: not for nothing. */
function purged(before: RunState, state: RunState): RunState {
  if (state === before) return state;
  return { ...state, startable: filtered(state.startable, (ref) => legAt(state, ref).phase === 'startable') };
}

function isRunning({ phase }: LegState): boolean {
  return phase === 'running';
}

function isWaiting({ phase }: LegState): boolean {
  return phase === 'held' || phase === 'grouped' || phase === 'startable';
}
