/** Legs that stand still because a step failed: they hold their groups and no slot until somebody says how to go on. */
import type { GoOn, JobPaused } from './pause-events.ts';
import { enqueued } from './queue.ts';
import { findLeg, jobAt, type LegRef, legAt, type RunState, withLeg } from './state.ts';

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
