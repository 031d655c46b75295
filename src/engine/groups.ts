/** Concurrency groups: one holder at a time; who waits, who makes way. Names are compared without regard to case. */
import { cancelLeg, dropLeg } from './closing.ts';
import { enqueued } from './queue.ts';
import { type Group, type LegRef, legAt, type RunState, withLeg } from './state.ts';

/** A leg that may run takes its group, or waits in it. */
export function joinGroup(state: RunState, ref: LegRef): RunState {
  const { concurrency } = legAt(state, ref).leg;
  if (concurrency === undefined) return startable(state, ref);
  const name = concurrency.group.toLowerCase();
  const group = state.groups.get(name);
  if (group === undefined) return startable(withGroup(state, name, { holder: ref, pending: [] }), ref);
  let next = withLeg(state, ref, { phase: 'grouped' });
  if (concurrency.queue === 'max') return withGroup(next, name, { ...group, pending: [...group.pending, ref] });
  // By default one may wait: the newcomer takes the place of the one that waited.
  for (const older of group.pending) next = dropLeg(next, older, 'concurrency');
  next = withGroup(next, name, { ...group, pending: [ref] });
  if (!concurrency.cancelInProgress) return next;
  return legAt(next, group.holder).phase === 'running'
    ? cancelLeg(next, group.holder, 'concurrency')
    : dropLeg(next, group.holder, 'concurrency');
}

/** A leg that ended, or never will start, hands its group on. */
export function leaveGroup(state: RunState, ref: LegRef): RunState {
  const name = legAt(state, ref).leg.concurrency?.group.toLowerCase();
  const group = name === undefined ? undefined : state.groups.get(name);
  if (name === undefined || group === undefined) return state;
  if (!same(group.holder, ref)) {
    return withGroup(state, name, { ...group, pending: group.pending.filter((waiting) => !same(waiting, ref)) });
  }
  // Those that were dropped in the meantime are only here until they are skipped.
  const [holder, ...pending] = group.pending.filter((waiting) => legAt(state, waiting).phase === 'grouped');
  if (holder !== undefined) return startable(withGroup(state, name, { holder, pending }), holder);
  const groups = new Map(state.groups);
  groups.delete(name);
  return { ...state, groups };
}

function startable(state: RunState, ref: LegRef): RunState {
  const next = withLeg(state, ref, { phase: 'startable' });
  return { ...next, startable: enqueued(next.startable, ref) };
}

function withGroup(state: RunState, name: string, group: Group): RunState {
  return { ...state, groups: new Map(state.groups).set(name, group) };
}

function same(a: LegRef, b: LegRef): boolean {
  return a.job === b.job && a.leg === b.leg;
}
