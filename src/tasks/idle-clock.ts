/** The clock that runs while a command makes no progress: no output, no change of a file, no use of the processor. */
import type { Clock } from './ports.ts';

/** What can be seen of a silent command; a part is missing when it could not be read. */
export interface Sample {
  /** Differs when a file of the tree has changed. */
  readonly activity?: string;
  /** Milliseconds that its processes have used so far. */
  readonly cpu?: number;
}

export interface IdleClock {
  /** The command has written something. */
  output(): void;
  stop(): void;
}

export interface IdleClockRequest {
  readonly clock: Clock;
  /** Milliseconds without progress. */
  readonly limit: number;
  /** Looks at the command. Must not reject. */
  readonly sample: () => Promise<Sample>;
  readonly expire: () => void;
}

const LONGEST_INTERVAL = 15_000;
const SHORTEST_INTERVAL = 50;

/**
 * A program that waits on a dead connection wakes for its timers and its garbage, some tenths of a percent of a core;
 * one that compiles, or even reads, uses far more than a hundredth.
 */
const LEAST_SHARE = 0.01;
/** The kernel counts in ticks of 10 ms: one tick may be chance. */
const LEAST_CPU = 20;

/**
 * Starts the clock. It looks eight times within its limit, but at least every 15 seconds, and takes a sample only when
 * nothing was written since it last looked. A first sample has nothing to be compared with and counts as progress: the
 * clock may be late by up to two looks, but is never early.
 */
export function startIdleClock({ clock, limit, sample, expire }: IdleClockRequest): IdleClock {
  const interval = Math.max(SHORTEST_INTERVAL, Math.min(LONGEST_INTERVAL, limit / 8));
  let progressAt = clock.now();
  let written = false;
  let reference: (Sample & { readonly at: number }) | undefined;
  let stopped = false;
  let callOff = schedule();

  function schedule(): () => void {
    const left = limit - (clock.now() - progressAt);
    return clock.after(Math.min(interval, Math.max(1, left)), () => void look());
  }

  async function look(): Promise<void> {
    if (!written) {
      const seen = await sample();
      if (stopped) return;
      compare(seen, clock.now());
    }
    // A reference from before a time of much output would hide the use of the processor after it.
    if (written) reference = undefined;
    written = false;
    if (clock.now() - progressAt >= limit) expire();
    else callOff = schedule();
  }

  function compare(seen: Sample, now: number): void {
    if (reference === undefined || hasProgressed(reference, seen, now - reference.at)) {
      reference = { ...seen, at: now };
      progressAt = now;
    } else if (seen.cpu !== undefined && seen.cpu < (reference.cpu ?? 0)) {
      // A process that ended has taken its account with it.
      reference = { ...reference, cpu: seen.cpu };
    }
  }

  return {
    output: () => {
      written = true;
      progressAt = clock.now();
    },
    stop: () => {
      stopped = true;
      callOff();
    },
  };
}

function hasProgressed(before: Sample, after: Sample, elapsed: number): boolean {
  if (before.activity !== undefined && after.activity !== undefined && before.activity !== after.activity) return true;
  if (before.cpu === undefined || after.cpu === undefined) return false;
  return after.cpu - before.cpu >= Math.max(LEAST_CPU, elapsed * LEAST_SHARE);
}
