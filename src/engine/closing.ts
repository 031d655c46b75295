/** Taking work back: legs that run are asked to end, legs that wait will not start. */
import { judgeCondition } from './conditions.ts';
import type { CancelReason, JobSkipped } from './events.ts';
import { resumeLeg } from './pausing.ts';
import { enqueued, filtered } from './queue.ts';
import { type CalledState, jobAt, type LegRef, type LegState, legAt, type RunState, withLeg } from './state.ts';
import { itemsOf } from './vector.ts';

/** Asked once only: a leg that is being cancelled stays so for its first reason. What it called is cancelled with it. */
export function cancelLeg(state: RunState, ref: LegRef, reason: CancelReason): RunState {
  const leg = legAt(state, ref);
  if (!isUnderWay(leg) || leg.cancelling !== undefined) return state;
  const next = withLeg(state, ref, { cancelling: reason });
  // What it has open is to be closed: it is cancelled as soon as it runs again.
  if (leg.phase === 'paused') return resumeLeg(next, ref, 'abort');
  if (leg.phase === 'resuming') return withLeg(next, ref, { goOn: 'abort' });
  const asked = { ...next, toCancel: enqueued(next.toCancel, { ...ref, reason }) };
  return leg.called === undefined ? asked : cancelCalled(asked, leg.called, reason);
}

/** Asks the running legs of a job to end. */
export function cancelLegs(state: RunState, job: number, reason: CancelReason): RunState {
  let next = state;
  for (const leg of jobAt(state, job).legs.keys()) next = cancelLeg(next, { job, leg }, reason);
  return next;
}

/** Jobs whose condition still holds go on waiting, as in a run that is cancelled. */
function cancelCalled(state: RunState, { scope, jobs }: CalledState, reason: CancelReason): RunState {
  const all = Array.from({ length: jobs }, (_, offset) => scope.first + offset);
  const next = dropLegs(
    state,
    all.filter((job) => !stillHolds(state, job)),
    'cancelled',
  );
  return all.reduce((before, job) => cancelLegs(before, job, reason), next);
}

/** Whether a job that was to run still is to, now that something is being cancelled: its condition is asked again. */
export function stillHolds(state: RunState, job: number): boolean {
  const condition = judgeCondition(state, jobAt(state, job).planned);
  return condition.ok && condition.value;
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

/** Jobs with a leg that waits, or with one that runs or has begun to. */
export function jobsWith(state: RunState, phase: 'waiting' | 'running'): readonly number[] {
  const matches = phase === 'waiting' ? isWaiting : isUnderWay;
  const found: number[] = [];
  let index = 0;
  for (const { legs } of itemsOf(state.jobs)) {
    if (legs.some(matches)) found.push(index);
    index++;
  }
  return found;
}

/** Takes out of the lines what is in them no more, which costs the length of the lines: not for nothing. */
export function purged(before: RunState, state: RunState): RunState {
  if (state === before) return state;
  const inLine = (ref: LegRef): boolean => isInLine(legAt(state, ref));
  return {
    ...state,
    toJoin: filtered(state.toJoin, (ref) => legAt(state, ref).phase === 'grouped'),
    startable: filtered(state.startable, inLine),
    callable: filtered(state.callable, inLine),
  };
}

function dropped(state: RunState, ref: LegRef, reason: JobSkipped['reason']): RunState {
  if (!isWaiting(legAt(state, ref))) return state;
  const next = withLeg(state, ref, { phase: 'dropped' });
  return { ...next, toSkip: enqueued(next.toSkip, { ...ref, reason }) };
}

/** It has begun, whether or not it stands still. */
export function isUnderWay({ phase }: LegState): boolean {
  return phase === 'running' || phase === 'paused' || phase === 'resuming';
}

/** It is in line for a slot, or for its call. */
export function isInLine({ phase }: LegState): boolean {
  return phase === 'startable' || phase === 'resuming';
}

function isWaiting({ phase }: LegState): boolean {
  return phase === 'held' || phase === 'grouped' || phase === 'startable';
}
