/** A run's own members among those of all concurrency groups, and what happens to them because of others. */
import { MachineError } from '../shared/failure.ts';
import {
  type Candidate,
  type GroupMember,
  isSame,
  type Joining,
  joinGroup,
  type Members,
  withMembers,
  withoutMembers,
} from './groups.ts';
import type { Concurrency } from './legs.ts';

/** Where the list of members is kept. */
export interface GroupStorage {
  /** Changes the list; nobody else does meanwhile. Throws `MachineError`, like `read`. */
  update<T>(change: (members: Members) => readonly [Members, T]): T;
  /** The list as it is. */
  read(): Members;
}

export interface GroupNews {
  /** It holds the group now, or has to make way. */
  readonly type: 'admitted' | 'displaced';
  readonly member: GroupMember;
}

export interface ConcurrencyGroups {
  /** Whether other runs take part, so that there may be news at any time. */
  readonly shared: boolean;
  /** Whether anything of this run holds a group or waits for one. */
  readonly busy: () => boolean;
  join(candidate: Candidate, wanted: Concurrency): Joining;
  /** Gives up all groups of a leg. */
  leave(leg: string): void;
  /** Those of every leg, and of the run as a whole. */
  leaveAll(): void;
  /** What has happened since it was asked last. */
  news(): readonly GroupNews[];
}

/** What the storage refuses is told as a sentence: who was to join is turned away, and who leaves or asks goes on. */
export function openGroups(
  kept: GroupStorage,
  shared: boolean,
  onTrouble: (message: string) => void,
  mostWaiting?: number,
): ConcurrencyGroups {
  const storage = forgiving(kept, onTrouble);
  /** As they were when they were last told of. */
  let own: Members = [];
  const leave = (wants: (member: GroupMember) => boolean): void => {
    const leaving = own.filter(wants);
    if (leaving.length === 0) return;
    own = own.filter((member) => !wants(member));
    const isLeaving = (member: GroupMember): boolean => leaving.some((one) => isSame(one, member));
    storage.update((members) => [withoutMembers(withMembers(members, own), isLeaving), undefined]);
  };
  return {
    shared,
    busy: () => own.length > 0,
    join: (candidate, wanted) => {
      const joining = storage.update((members) => joinGroup(withMembers(members, own), candidate, wanted, mostWaiting));
      if (joining === undefined) return { state: 'refused', why: 'lost' };
      if (joining.state !== 'refused') own = [...own, { ...candidate, holds: joining.state === 'admitted' }];
      return joining;
    },
    leave: (leg) => leave((member) => member.leg === leg),
    leaveAll: () => leave(() => true),
    news: () => {
      if (own.length === 0) return [];
      const found = storage.read();
      const whole = found === undefined || withMembers(found, own) === found;
      const members = whole ? found : storage.update((now) => twice(withMembers(now, own)));
      if (members === undefined) return [];
      const before = own;
      own = before.map((member) => members.find((other) => isSame(member, other)) ?? member);
      return own.flatMap((member, index) => newsOf(before[index], member));
    },
  };
}

/** For runs that share their groups with nobody. As many wait as there are: who is turned away is work that is lost. */
export function createLocalGroups(mostWaiting = Number.POSITIVE_INFINITY): ConcurrencyGroups {
  let members: Members = [];
  const storage: GroupStorage = {
    read: () => members,
    update: (change) => {
      const [after, result] = change(members);
      members = after;
      return result;
    },
  };
  return openGroups(storage, false, () => undefined, mostWaiting);
}

interface Forgiving {
  update<T>(change: (members: Members) => readonly [Members, T]): T | undefined;
  read(): Members | undefined;
}

function forgiving(storage: GroupStorage, onTrouble: (message: string) => void): Forgiving {
  const attempt = <T>(ask: () => T): T | undefined => {
    try {
      return ask();
    } catch (error) {
      if (!(error instanceof MachineError)) throw error;
      onTrouble(error.message);
      return undefined;
    }
  };
  return {
    update: (change) => attempt(() => storage.update(change)),
    read: () => attempt(() => storage.read()),
  };
}

function newsOf(before: GroupMember | undefined, member: GroupMember): readonly GroupNews[] {
  const news: GroupNews[] = [];
  if (member.holds && before?.holds === false) news.push({ type: 'admitted', member });
  if (member.displacedBy !== undefined && before?.displacedBy === undefined) news.push({ type: 'displaced', member });
  return news;
}

function twice(members: Members): readonly [Members, Members] {
  return [members, members];
}
