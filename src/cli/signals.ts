/** What a person at the keyboard, or a supervisor, asks of a run. */

export interface SignalPlan {
  /** Stop starting, let clean-up run. */
  readonly onFirst: (signal: string) => void;
  /** End at once. */
  readonly onSecond: (signal: string) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** npm and shells send the same signal twice; what comes this soon after another is the same wish. */
const SAME_WISH = 300;

/** Returns how to stop listening. */
export function listenToSignals({ onFirst, onSecond, now }: SignalPlan): () => void {
  let first: number | undefined;
  const onStop = (signal: string): void => {
    const time = now();
    if (first === undefined) {
      first = time;
      onFirst(signal);
    } else if (time - first > SAME_WISH) {
      onSecond(signal);
    }
  };
  // The terminal is gone, the work is not: whoever comes back finds the report.
  const onHangup = (): void => undefined;
  process.on('SIGINT', onStop);
  process.on('SIGTERM', onStop);
  process.on('SIGHUP', onHangup);
  return () => {
    process.off('SIGINT', onStop);
    process.off('SIGTERM', onStop);
    process.off('SIGHUP', onHangup);
  };
}
