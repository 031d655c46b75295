/** A clock that stands still until a test moves it. */
import type { Clock } from '../ports.ts';

export interface FakeClock extends Clock {
  /** Moves on, calling what falls due in its order, and lets everything that follows from it happen. */
  advance(milliseconds: number): Promise<void>;
  /** Timers that have been neither called nor called off. */
  pending(): number;
}

export function createFakeClock(): FakeClock {
  // An odd beginning, so that nobody takes it for a span.
  let now = 12_345;
  const timers = new Map<number, { readonly at: number; readonly call: () => void }>();
  let last = 0;
  const nextDue = (until: number) =>
    [...timers].filter(([, { at }]) => at <= until).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
  return {
    now: () => now,
    after: (milliseconds, call) => {
      const id = ++last;
      timers.set(id, { at: now + milliseconds, call });
      return () => void timers.delete(id);
    },
    pending: () => timers.size,
    advance: async (milliseconds) => {
      const until = now + milliseconds;
      await settled();
      for (let due = nextDue(until); due; due = nextDue(until)) {
        const [id, { at, call }] = due;
        timers.delete(id);
        now = at;
        call();
        await settled();
      }
      now = until;
    },
  };
}

/** Resolves when all promises that can go on have done so. The fakes never wait for anything outside the process. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
