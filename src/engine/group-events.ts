/** Between the state of a run and its concurrency groups: who asks for which, and the events that the answers are. */
import type { JobAdmitted, JobDisplaced, JobWaiting, RunAdmitted, RunCancelling, RunWaiting } from './events.ts';
import { type Candidate, type Joining, type Place, sameGroup } from './groups.ts';
import { namesOf } from './leg-events.ts';
import type { Concurrency, Leg } from './legs.ts';
import type { ConcurrencyGroups, GroupNews } from './memberships.ts';
import type { Plan } from './plan.ts';
import { type LegRef, legAt, plannedAt, type RunState } from './state.ts';
import { itemsOf } from './vector.ts';

/** What is left for the leg to hold, in the same order for every leg, so that two never hold what the other waits for. */
export function wantedGroup(state: RunState, ref: LegRef): Concurrency | undefined {
  const { leg, holds = [] } = legAt(state, ref);
  return groupsOf(leg).find(({ group }) => !holds.some((held) => sameGroup(held, group)));
}

export function groupsOf({ concurrency, calleeConcurrency }: Leg): readonly Concurrency[] {
  const both = [concurrency, calleeConcurrency].filter((one) => one !== undefined);
  return both.toSorted((a, b) => (a.group.toLowerCase() < b.group.toLowerCase() ? -1 : 1));
}

export interface Asking {
  readonly groups: ConcurrencyGroups;
  /** The run's id. */
  readonly run: string;
}

/** Asks for the next group of a leg. */
export function joinLeg(
  state: RunState,
  { ref, wanted }: { readonly ref: LegRef; readonly wanted: Concurrency },
  { groups, run }: Asking,
): JobAdmitted | JobWaiting | JobDisplaced {
  const names = { ...namesOf(state, ref), group: wanted.group };
  const joining = groups.join({ ...names, run, callers: callersOf(state, ref) }, wanted);
  switch (joining.state) {
    case 'admitted':
      return { type: 'job.admitted', ...names };
    case 'waiting':
      return { type: 'job.waiting', ...names, holder: joining.holder.run, message: waits(wanted, joining.holder, run) };
    case 'refused':
      return { type: 'job.displaced', ...names, message: refusal(wanted, joining, run) };
  }
}

/** Asks for the group of the run as a whole. */
export function joinRun(wanted: Concurrency, { groups, run }: Asking): RunAdmitted | RunWaiting | RunCancelling {
  const { group } = wanted;
  const joining = groups.join(wholeRun(wanted, run), wanted);
  switch (joining.state) {
    case 'admitted':
      return { type: 'run.admitted', group };
    case 'waiting':
      return { type: 'run.waiting', group, holder: joining.holder.run, message: waits(wanted, joining.holder, run) };
    case 'refused':
      return { type: 'run.cancelling', reason: 'concurrency', message: refusal(wanted, joining, run) };
  }
}

export function newsEvent({ type, member }: GroupNews): JobAdmitted | JobDisplaced | RunAdmitted | RunCancelling {
  const { group, run, job, leg, displacedBy } = member;
  const message = displacedBy === undefined ? '' : makesWay(member.holds, group, placeName(displacedBy, run));
  if (leg === '') {
    return type === 'admitted'
      ? { type: 'run.admitted', group }
      : { type: 'run.cancelling', reason: 'concurrency', message };
  }
  const names = { job, leg, group };
  return type === 'admitted' ? { type: 'job.admitted', ...names } : { type: 'job.displaced', ...names, message };
}

/**
 * A run that is taken up asks again for what it had, without driving anybody away. The answer is a sentence when
 * another has it now; then nothing is held.
 */
export function reclaimGroups({ policy }: Plan, state: RunState, { groups, run }: Asking): string | undefined {
  const held: Candidate[] = policy.concurrency === undefined ? [] : [wholeRun(policy.concurrency, run)];
  let job = 0;
  for (const { legs, planned } of itemsOf(state.jobs)) {
    for (const [index, { leg, holds = [], phase }] of legs.entries()) {
      if (phase === 'ended') continue;
      const callers = callersOf(state, { job, leg: index });
      held.push(...holds.map((group) => ({ group, run, job: planned.id, leg: leg.id, callers })));
    }
    job++;
  }
  for (const candidate of held) {
    const wanted = { group: candidate.group, queue: 'max', cancelInProgress: false } as const;
    const joining = groups.join(candidate, wanted);
    if (joining.state === 'admitted') continue;
    groups.leaveAll();
    return joining.state === 'refused' ? refusal(wanted, joining, run) : `it ${waits(wanted, joining.holder, run)}`;
  }
  return undefined;
}

function wholeRun({ group }: Concurrency, run: string): Candidate {
  return { group, run, job: '', leg: '', callers: [] };
}

function waits({ group }: Concurrency, holder: Place, run: string): string {
  return `waits for the concurrency group ${group}, held by ${placeName(holder, run)}`;
}

function refusal({ group }: Concurrency, refused: Joining & { readonly state: 'refused' }, run: string): string {
  switch (refused.why) {
    case 'full':
      return `a hundred others wait for the concurrency group ${group} already`;
    case 'deadlock':
      return `the concurrency group ${group} is held by ${placeName(refused.holder, run)}, which could not end before it`;
    case 'lost':
      return `it cannot be known who holds the concurrency group ${group}`;
  }
}

function makesWay(holds: boolean, group: string, who: string): string {
  return holds
    ? `it makes way for ${who} in the concurrency group ${group} (cancel-in-progress)`
    : `${who} took its place in the concurrency group ${group}`;
}

function placeName({ run, leg }: Place, own: string): string {
  if (run === own) return leg === '' ? 'this run' : leg;
  return leg === '' ? `run ${run}` : `${leg} of run ${run}`;
}

function callersOf(state: RunState, { job }: LegRef): readonly string[] {
  const { call } = plannedAt(state, job).scope;
  return call === undefined ? [] : [legAt(state, call).leg.id, ...callersOf(state, call)];
}
