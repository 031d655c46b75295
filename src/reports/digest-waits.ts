/** How long legs waited and for what, from the times of events: for a slot, for a concurrency group, before another attempt. */
import type { RunEvent } from '../engine/index.ts';

/** Milliseconds. */
export interface LegWaits {
  /** Everything that it needs had ended, and there was no slot. */
  readonly slot: number;
  readonly groups: readonly { readonly group: string; readonly wait: number }[];
  /** Between two attempts. */
  readonly delay: number;
}

export interface WaitFold {
  add(event: RunEvent): void;
  of(leg: string): LegWaits;
}

interface Draft {
  /** Since when it could have started. */
  ready?: number;
  slot: number;
  delay: number;
  readonly waiting: Map<string, number>;
  readonly groups: Map<string, number>;
}

const NONE: LegWaits = { slot: 0, groups: [], delay: 0 };

export function createWaitFold(): WaitFold {
  const legs = new Map<string, Draft>();
  const legOf = (id: string): Draft => {
    const draft = legs.get(id) ?? { slot: 0, delay: 0, waiting: new Map(), groups: new Map() };
    legs.set(id, draft);
    return draft;
  };
  return {
    add: (event) => tell(event, Date.parse(event.time), legOf),
    of: (leg) => {
      const draft = legs.get(leg);
      if (draft === undefined) return NONE;
      return {
        slot: draft.slot,
        delay: draft.delay,
        groups: [...draft.groups].map(([group, wait]) => ({ group, wait })),
      };
    },
  };
}

function tell(event: RunEvent, now: number, legOf: (id: string) => Draft): void {
  if (event.type === 'job.expanded') for (const { id } of event.legs) legOf(id).ready = now;
  else if (event.type === 'job.waiting') legOf(event.leg).waiting.set(event.group, now);
  else if (event.type === 'job.admitted') admit(legOf(event.leg), event.group, now);
  else if (event.type === 'job.requested') request(legOf(event.leg), now);
  else if (event.type === 'attempt.delayed') legOf(event.leg).delay += event.delay;
}

function admit(leg: Draft, group: string, now: number): void {
  const since = leg.waiting.get(group);
  if (since !== undefined) leg.groups.set(group, (leg.groups.get(group) ?? 0) + Math.max(0, now - since));
  leg.waiting.delete(group);
  leg.ready = now;
}

function request(leg: Draft, now: number): void {
  if (leg.ready !== undefined) leg.slot += Math.max(0, now - leg.ready);
  delete leg.ready;
}
