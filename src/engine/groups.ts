/** Concurrency groups: one holder at a time; who waits, who makes way. Names are compared without regard to case. */
import { cancelLeg, dropLeg, isUnderWay } from './closing.ts';
import { wouldDeadlock } from './deadlock.ts';
import type { Concurrency, Leg } from './legs.ts';
import { enqueued } from './queue.ts';
import { type Group, isSameLeg, type LegRef, legAt, plannedAt, type RunState, withLeg } from './state.ts';

/** GitHub's limit for `queue: max`; who comes later is turned away. */
const MAX_PENDING = 100;

/** A leg that may run takes its groups, or waits in the first that is taken. */
export function joinGroups(state: RunState, ref: LegRef): RunState {
  const wanted = concurrencies(legAt(state, ref).leg).find(({ group }) => !holds(state, group, ref));
  if (wanted === undefined) return startable(state, ref);
  const name = wanted.group.toLowerCase();
  const group = state.groups.get(name);
  if (group === undefined) return joinGroups(withGroup(state, name, { holder: ref, pending: [] }), ref);
  if (wouldDeadlock(state, ref, group.holder)) return dropLeg(state, ref, 'concurrency');
  return wait(state, ref, { ...group, name, wanted });
}

interface Wait extends Group {
  readonly name: string;
  readonly wanted: Concurrency;
}

function wait(state: RunState, ref: LegRef, { name, wanted, holder, pending }: Wait): RunState {
  let next = withLeg(state, ref, { phase: 'grouped' });
  if (wanted.queue === 'max') {
    if (pending.length >= MAX_PENDING) return dropLeg(next, ref, 'concurrency');
    return withGroup(next, name, { holder, pending: [...pending, ref] });
  }
  // By default one may wait: the newcomer takes the place of the one that waited.
  for (const older of pending) next = dropLeg(next, older, 'concurrency');
  next = withGroup(next, name, { holder, pending: [ref] });
  if (!wanted.cancelInProgress) return next;
  return isUnderWay(legAt(next, holder))
    ? cancelLeg(next, holder, 'concurrency')
    : dropLeg(next, holder, 'concurrency');
}

/** A leg that ended, or never will start, hands its groups on. */
export function leaveGroups(state: RunState, ref: LegRef): RunState {
  return concurrencies(legAt(state, ref).leg).reduce((next, { group }) => leave(next, ref, group.toLowerCase()), state);
}

function leave(state: RunState, ref: LegRef, name: string): RunState {
  const group = state.groups.get(name);
  if (group === undefined) return state;
  if (!isSameLeg(group.holder, ref)) {
    return withGroup(state, name, { ...group, pending: group.pending.filter((waiting) => !isSameLeg(waiting, ref)) });
  }
  // Those that were dropped in the meantime are only here until they are skipped.
  const [holder, ...pending] = group.pending.filter((waiting) => legAt(state, waiting).phase === 'grouped');
  if (holder !== undefined) return joinGroups(withGroup(state, name, { holder, pending }), holder);
  const groups = new Map(state.groups);
  groups.delete(name);
  return { ...state, groups };
}

/** In the same order for every leg, so that two legs never hold what the other waits for. */
function concurrencies({ concurrency, calleeConcurrency }: Leg): readonly Concurrency[] {
  const both = [concurrency, calleeConcurrency].filter((one) => one !== undefined);
  return both.toSorted((a, b) => (a.group.toLowerCase() < b.group.toLowerCase() ? -1 : 1));
}

function holds(state: RunState, group: string, ref: LegRef): boolean {
  const holder = state.groups.get(group.toLowerCase())?.holder;
  return holder !== undefined && isSameLeg(holder, ref);
}

function startable(state: RunState, ref: LegRef): RunState {
  const next = withLeg(state, ref, { phase: 'startable' });
  // A call only waits for jobs of its own, which take the slots.
  if (plannedAt(state, ref.job).job.kind === 'call') return { ...next, callable: enqueued(next.callable, ref) };
  return { ...next, startable: enqueued(next.startable, ref) };
}

function withGroup(state: RunState, name: string, group: Group): RunState {
  return { ...state, groups: new Map(state.groups).set(name, group) };
}
