/** Stopping a run by signals, from the moment that it holds the lock. */
import type { Run } from '../../engine/index.ts';
import { sweepRun, systemClock } from '../../runner/environments/index.ts';
import type { RunLock } from '../../store/index.ts';
import { EXIT } from '../exit-codes.ts';
import { listenToSignals } from '../signals.ts';

export interface Stopping {
  /** The run is there: it is cancelled by the first signal, even by one that came before. */
  attach(run: Run): void;
}

/**
 * `writeDown`: what there is to be written when everything is ended at once. It does not reject. Listens until the
 * process ends: what the system makes of a signal would leave the lock behind.
 */
export function listenForStop(lock: RunLock, writeDown: () => Promise<void>): Stopping {
  let attached: Run | undefined;
  let first: string | undefined;
  const cancel = (): void => {
    if (first !== undefined) attached?.cancel({ reason: 'user', message: `stopped by ${first}` });
  };
  listenToSignals({
    now: () => systemClock.now(),
    onFirst: (signal) => {
      first = signal;
      cancel();
    },
    onSecond: () => void endAtOnce(lock, writeDown),
  });
  return {
    attach: (run) => {
      attached = run;
      cancel();
    },
  };
}

/** Worktrees stay as they are; `orch clean` puts what is in them on their branches. */
async function endAtOnce(lock: RunLock, writeDown: () => Promise<void>): Promise<void> {
  try {
    await sweepRun(lock.info.run);
    await writeDown();
    // Work that always runs may have begun when what it waited for was ended.
    await sweepRun(lock.info.run);
  } finally {
    lock.release();
    process.exit(EXIT.cancelled);
  }
}
