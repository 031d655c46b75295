/**
 * Concurrency groups as a list of those who hold one and those who wait, in the order in which they came. Pure: where
 * the list is kept, and who else can see it, is not decided here. Names are compared without regard to case.
 */
import type { Concurrency } from './legs.ts';

/** A leg of a run, or the run as a whole, in one group. */
export interface GroupMember {
  readonly group: string;
  readonly run: string;
  /** '' for the run as a whole, like the leg. */
  readonly job: string;
  readonly leg: string;
  /** The legs that called it: they end after it. */
  readonly callers: readonly string[];
  readonly holds: boolean;
  /** It has to make way: for a newcomer that took its place in the line, or wants its group at once. */
  readonly displacedBy?: Place;
}

export type Place = Pick<GroupMember, 'run' | 'leg'>;
export type Candidate = Omit<GroupMember, 'holds' | 'displacedBy'>;
export type Members = readonly GroupMember[];

export type Joining =
  | { readonly state: 'admitted' }
  | { readonly state: 'waiting'; readonly holder: Place }
  | { readonly state: 'refused'; readonly why: 'full' }
  /** It would wait for something that waits for it. */
  | { readonly state: 'refused'; readonly why: 'deadlock'; readonly holder: Place }
  /** The list of members cannot be reached. */
  | { readonly state: 'refused'; readonly why: 'lost' };

/** GitHub's limit for `queue: max`; who comes later is turned away. */
const MAX_PENDING = 100;

/** `mostWaiting` holds for `queue: max`. */
export function joinGroup(
  members: Members,
  candidate: Candidate,
  { queue, cancelInProgress }: Omit<Concurrency, 'group'>,
  mostWaiting = MAX_PENDING,
): readonly [Members, Joining] {
  const holder = holderOf(members, candidate.group);
  if (holder === undefined) return [[...members, { ...candidate, holds: true }], { state: 'admitted' }];
  // A holder in another run that is cancelled anyway keeps nobody waiting for long.
  const makesWay = cancelInProgress && holder.run !== candidate.run;
  if (!makesWay && wouldDeadlock(members, candidate, holder)) {
    return [members, { state: 'refused', why: 'deadlock', holder }];
  }
  const waiting = members.filter((member) => isWaitingFor(member, candidate.group));
  if (queue === 'max' && waiting.length >= mostWaiting) return [members, { state: 'refused', why: 'full' }];
  // By default one may wait: the newcomer takes the place of the one that waited.
  const displaced = new Set(queue === 'max' ? [] : waiting);
  if (cancelInProgress && queue !== 'max') displaced.add(holder);
  const { run, leg } = candidate;
  const after = members.map((member) =>
    displaced.has(member) && member.displacedBy === undefined ? { ...member, displacedBy: { run, leg } } : member,
  );
  return [[...after, { ...candidate, holds: false }], { state: 'waiting', holder }];
}

/** Without those that are `gone`; the first in each line takes what they held. */
export function withoutMembers(members: Members, gone: (member: GroupMember) => boolean): Members {
  const left = members.filter((member) => !gone(member));
  return left.length === members.length ? members : promoted(left);
}

/** Those of `own` that are not in the list any more are put back: somebody has removed or damaged it. */
export function withMembers(members: Members, own: Members): Members {
  const missing = own.filter((member) => !members.some((other) => isSame(member, other)));
  return missing.length === 0 ? members : promoted([...members, ...missing]);
}

export function isSame(a: GroupMember, b: GroupMember): boolean {
  return a.run === b.run && a.leg === b.leg && sameGroup(a.group, b.group);
}

export function sameGroup(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function promoted(members: Members): Members {
  const held = new Set(members.filter(({ holds }) => holds).map(({ group }) => group.toLowerCase()));
  return members.map((member) => {
    const name = member.group.toLowerCase();
    // Those that were displaced are only here until they know.
    if (held.has(name) || member.displacedBy !== undefined) return member;
    held.add(name);
    return { ...member, holds: true };
  });
}

function holderOf(members: Members, group: string): GroupMember | undefined {
  return members.find((member) => member.holds && sameGroup(member.group, group));
}

function isWaitingFor({ holds, displacedBy, group }: GroupMember, wanted: string): boolean {
  return !holds && displacedBy === undefined && sameGroup(group, wanted);
}

/** Follows what the holder waits for, over all groups and runs, back to the candidate or what ends after it. */
function wouldDeadlock(members: Members, candidate: Candidate, holder: GroupMember): boolean {
  const seen = new Set<GroupMember>();
  const open: GroupMember[] = [holder];
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    if (endsAfter(current, candidate)) return true;
    if (seen.has(current)) continue;
    seen.add(current);
    for (const waiting of awaitedBy(members, current)) {
      const next = holderOf(members, waiting.group);
      if (next !== undefined) open.push(next);
    }
  }
  return false;
}

/** The waiting members that have to get on before this one can end. */
function awaitedBy(members: Members, holder: GroupMember): Members {
  return members.filter((member) => isWaitingFor(member, member.group) && endsAfter(holder, member));
}

function endsAfter({ run, leg }: Place, inner: Candidate): boolean {
  return run === inner.run && (leg === '' || leg === inner.leg || inner.callers.includes(leg));
}
