/** Which failures are worth another attempt, and how long to wait before it. */
import type { Failure, FailureCode } from '../shared/failure.ts';
import type { Clock } from './ports.ts';

/** Another attempt could only end the same way, or is not wanted. */
const FINAL: ReadonlySet<FailureCode> = new Set(['cancelled', 'input-invalid', 'secret-missing', 'not-started']);

const LONGEST_DELAY = 5 * 60_000;

export interface Ended {
  readonly failure: Failure;
  readonly exitCode?: number;
}

/** Whether `ended` deserves another attempt. Without a list every failure does that an attempt can mend. */
export function isWorthRetrying(ended: Ended, retryOn: readonly (number | FailureCode)[] | undefined): boolean {
  const { failure, exitCode } = ended;
  if (FINAL.has(failure.code)) return false;
  if (retryOn === undefined) return true;
  return retryOn.some((worth) =>
    typeof worth === 'number' ? failure.code === 'exit-code' && exitCode === worth : worth === failure.code,
  );
}

/**
 * Milliseconds before the attempt after `attempt` (from 1): `first`, doubled each time, at most five minutes or
 * `first` itself. Jitter only shortens it, by up to a quarter, so that limits computed beforehand hold.
 */
export function retryDelay(attempt: number, first: number, random: () => number): number {
  const longest = Math.max(LONGEST_DELAY, first);
  return Math.round(Math.min(longest, first * 2 ** (attempt - 1)) * (1 - random() / 4));
}

/** Resolves after the span, or at once when the signal aborts; true when the whole span passed. */
export function waitFor(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const onAbort = () => {
      callOff();
      resolve(false);
    };
    const callOff = clock.after(milliseconds, () => {
      signal.removeEventListener('abort', onAbort);
      resolve(true);
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
