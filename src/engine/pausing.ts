/** Legs that stand still because a step failed: they hold their groups and no slot until somebody says how to go on. */
import type { GoOn, JobPaused } from './pause-events.ts';
import { enqueued, filtered } from './queue.ts';
import { findLeg, isSameLeg, jobAt, type LegRef, type LegState, legAt, type RunState, withLeg } from './state.ts';
import { itemsOf } from './vector.ts';

export function pauseLeg(state: RunState, event: JobPaused): RunState {
  const ref = findLeg(state, event);
  const { spent = 0 } = legAt(state, ref);
  const next = withLeg(state, ref, { phase: 'paused', spent: spent + event.duration });
  return { ...next, running: next.running - 1, paused: next.paused + 1 };
}

/** It waits for a slot behind those that wait already. */
export function resumeLeg(state: RunState, ref: LegRef, how: GoOn): RunState {
  const next = withLeg(state, ref, { phase: 'resuming', goOn: how });
  return { ...next, startable: enqueued(next.startable, ref), paused: next.paused - 1 };
}

/** The leg with this id, when it is paused. */
export function findPaused(state: RunState, id: string): LegRef | undefined {
  for (let job = 0; job < state.jobs.length; job++) {
    const leg = jobAt(state, job).legs.findIndex((one) => one.phase === 'paused' && one.leg.id === id);
    if (leg >= 0) return { job, leg };
  }
  return undefined;
}

/**
 * For a run that another process takes up. One that ended has nothing under way, so this is about one whose process is
 * gone: what had stood still does so again, and what had only begun begins anew.
 */
export function afterBreak(state: RunState): RunState {
  // It is asked for again with the leg; a call has no leg of its own to ask.
  const toCancel = filtered(state.toCancel, (ref) => legAt(state, ref).called !== undefined);
  let next: RunState = { ...state, finished: false, toCancel };
  let job = 0;
  for (const { legs } of itemsOf(state.jobs)) {
    for (const [leg, one] of legs.entries()) next = legAfterBreak(next, { job, leg }, one);
    job++;
  }
  return next;
}

function legAfterBreak(state: RunState, ref: LegRef, { phase, called, spent, cancelling }: LegState): RunState {
  const underWay = phase === 'running' && called === undefined;
  if (!underWay && phase !== 'resuming') return state;
  const rest = filtered(state.startable, (other) => !isSameLeg(other, ref));
  const idle = { ...state, startable: rest, running: state.running - (underWay ? 1 : 0) };
  if (spent === undefined) {
    const anew = withLeg(idle, ref, { phase: 'startable', begunBefore: true });
    return { ...anew, startable: enqueued(anew.startable, ref) };
  }
  const paused = { ...withLeg(idle, ref, { phase: 'paused' }), paused: idle.paused + 1 };
  return cancelling === undefined ? paused : resumeLeg(paused, ref, 'abort');
}
