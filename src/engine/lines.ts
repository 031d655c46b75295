/** A leg on its way to its slot: through its concurrency groups one by one, as far as others let it. */
import { cancelLeg, dropLeg, isUnderWay } from './closing.ts';
import { wantedGroup } from './group-events.ts';
import { dequeued, emptyQueue, enqueued, peek } from './queue.ts';
import { isSameLeg, type LegRef, legAt, plannedAt, type RunState, withLeg } from './state.ts';
import { itemsOf } from './vector.ts';

/** A leg that may run asks for its next group, or for a slot when it has them all. */
export function askFor(state: RunState, ref: LegRef): RunState {
  if (wantedGroup(state, ref) === undefined) return startable(state, ref);
  const next = withLeg(state, ref, { phase: 'grouped' });
  return { ...next, toJoin: enqueued(next.toJoin, ref) };
}

/** It has asked, and waits. */
export function seated(state: RunState, ref: LegRef): RunState {
  const [first] = peek(state.toJoin, 1);
  return first !== undefined && isSameLeg(first, ref) ? { ...state, toJoin: dequeued(state.toJoin) } : state;
}

/** It has the group, and goes on to the next, unless it was given up in the meantime. */
export function admitted(state: RunState, ref: LegRef, group: string): RunState {
  const { phase, holds = [] } = legAt(state, ref);
  const next = withLeg(seated(state, ref), ref, { holds: [...holds, group] });
  return phase === 'grouped' ? askFor(next, ref) : next;
}

/** Another takes its place: what waits is dropped, what runs is asked to end. */
export function displaced(state: RunState, ref: LegRef, message: string): RunState {
  const next = withLeg(seated(state, ref), ref, { displaced: message });
  return isUnderWay(legAt(state, ref)) ? cancelLeg(next, ref, 'concurrency') : dropLeg(next, ref, 'concurrency');
}

/** For a run that is taken up: nobody knows any more that its legs wait for groups. */
export function askAgain(state: RunState): RunState {
  let next: RunState = { ...state, toJoin: emptyQueue() };
  let job = 0;
  for (const { legs } of itemsOf(state.jobs)) {
    for (const [leg, { phase }] of legs.entries()) {
      if (phase === 'grouped') next = { ...next, toJoin: enqueued(next.toJoin, { job, leg }) };
    }
    job++;
  }
  return next;
}

function startable(state: RunState, ref: LegRef): RunState {
  const next = withLeg(state, ref, { phase: 'startable' });
  // A call only waits for jobs of its own, which take the slots.
  if (plannedAt(state, ref.job).job.kind === 'call') return { ...next, callable: enqueued(next.callable, ref) };
  return { ...next, startable: enqueued(next.startable, ref) };
}
