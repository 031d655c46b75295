/** A clock that a test moves. */
import { setImmediate as turn } from 'node:timers/promises';
import type { SystemClock } from './system-clock.ts';

export interface FakeClock extends SystemClock {
  /** Moves time on, firing what falls due in order, and lets the code that waited for it run in between. */
  advance(milliseconds: number): Promise<void>;
  /** How many calls are waited for. */
  pending(): number;
  /** Resolves once at least `count` calls are waited for. */
  armed(count?: number): Promise<void>;
}

interface Alarm {
  readonly due: number;
  readonly call: () => void;
}

/** Turns of the event loop in which woken code may settle: promise chains need one, a few cover adapters in between. */
const SETTLING_TURNS = 3;

/** Starts at 0; `start` is the time of day there. */
export function createFakeClock(start = '2026-01-01T00:00:00.000Z'): FakeClock {
  let now = 0;
  let alarms: readonly Alarm[] = [];
  let waiting: readonly { readonly count: number; readonly resolve: () => void }[] = [];
  const notice = (): void => {
    for (const waiter of waiting) if (alarms.length >= waiter.count) waiter.resolve();
    waiting = waiting.filter((waiter) => alarms.length < waiter.count);
  };
  const settle = async (): Promise<void> => {
    for (let turns = 0; turns < SETTLING_TURNS; turns++) await turn();
  };
  return {
    now: () => now,
    time: () => new Date(Date.parse(start) + now).toISOString(),
    after: (milliseconds, call) => {
      const alarm = { due: now + Math.max(0, milliseconds), call };
      // A stable sort: those due at the same time fire in the order they were set.
      alarms = [...alarms, alarm].toSorted((a, b) => a.due - b.due);
      notice();
      return () => {
        alarms = alarms.filter((other) => other !== alarm);
      };
    },
    advance: async (milliseconds) => {
      const until = now + milliseconds;
      await settle();
      for (let next = alarms[0]; next !== undefined && next.due <= until; next = alarms[0]) {
        now = next.due;
        alarms = alarms.slice(1);
        next.call();
        await settle();
      }
      now = until;
    },
    pending: () => alarms.length,
    armed: (count = 1) =>
      new Promise((resolve) => {
        waiting = [...waiting, { count, resolve }];
        notice();
      }),
  };
}
