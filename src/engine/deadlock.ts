/** Whether a leg that waited for a concurrency group would wait for itself: calls hold groups while their jobs run. */
import { type Group, isSameLeg, jobAt, type LegRef, legAt, plannedAt, type RunState } from './state.ts';

/** Follows what the holder waits for. Jobs that are not there yet are looked at when they come to a group themselves. */
export function wouldDeadlock(state: RunState, ref: LegRef, holder: LegRef): boolean {
  const waiting = withCallers(state, ref);
  const seen = new Set<string>();
  const open: LegRef[] = [holder];
  for (let leg = open.pop(); leg !== undefined; leg = open.pop()) {
    const current = leg;
    if (waiting.some((one) => isSameLeg(one, current))) return true;
    const key = `${current.job}/${current.leg}`;
    if (seen.has(key)) continue;
    seen.add(key);
    open.push(...awaited(state, current));
  }
  return false;
}

/** What has to end before this leg can: the holders that it waits for, and the legs that it called. */
function awaited(state: RunState, ref: LegRef): readonly LegRef[] {
  const { phase, called } = legAt(state, ref);
  if (phase === 'grouped') return holdersFor(state, ref);
  if (called === undefined) return [];
  const jobs = Array.from({ length: called.jobs }, (_, offset) => called.scope.first + offset);
  return jobs.flatMap((job) =>
    jobAt(state, job).legs.flatMap((leg, index) =>
      leg.phase === 'grouped' || leg.called !== undefined ? [{ job, leg: index }] : [],
    ),
  );
}

function holdersFor(state: RunState, ref: LegRef): readonly LegRef[] {
  const groups: readonly Group[] = [...state.groups.values()];
  return groups.flatMap(({ holder, pending }) => (pending.some((one) => isSameLeg(one, ref)) ? [holder] : []));
}

function withCallers(state: RunState, ref: LegRef): readonly LegRef[] {
  const { call } = plannedAt(state, ref.job).scope;
  return call === undefined ? [ref] : [ref, ...withCallers(state, { job: call.job, leg: call.leg })];
}
