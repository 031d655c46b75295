/** Stopping a run by signals, from the moment that it has something to leave behind. */
import type { Run } from '../../engine/index.ts';
import { sweepRun, systemClock } from '../../runner/environments/index.ts';
import { sweepTemporary } from '../../runner/jobs/index.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { listenToSignals } from '../signals.ts';

export interface Stopping {
  /** The run is there: it is cancelled by the first signal, even by one that came before. */
  attach(run: Run): void;
  /** Whether a signal has asked for it. */
  asked(): boolean;
  /** Everything is being ended at once, and the process with it: what comes of that is no part of the run any more. */
  endsAtOnce(): boolean;
  /** For a process that goes on after the run. */
  stopListening(): void;
}

/** The run that is stopped, and what it gives back at its end, such as the lock. */
export interface Stopped {
  readonly run: string;
  readonly release: () => void;
}

/**
 * `writeDown`: what there is to be written when everything is ended at once. It does not reject. Listens until told
 * otherwise: what the system makes of a signal would leave the lock behind.
 */
export function listenForStop(stopped: Stopped, writeDown: () => Promise<void>): Stopping {
  let attached: Run | undefined;
  let first: string | undefined;
  let atOnce = false;
  const cancel = (): void => {
    if (first !== undefined) attached?.cancel({ reason: 'user', message: `stopped by ${first}` });
  };
  const stopListening = listenToSignals({
    now: () => systemClock.now(),
    onFirst: (signal) => {
      first = signal;
      cancel();
    },
    onSecond: () => {
      if (atOnce) return;
      atOnce = true;
      void endAtOnce(stopped, writeDown);
    },
  });
  return {
    attach: (run) => {
      attached = run;
      cancel();
    },
    asked: () => first !== undefined,
    endsAtOnce: () => atOnce,
    stopListening,
  };
}

/** Worktrees stay as they are; `orch clean` puts what is in them on their branches. */
async function endAtOnce({ run, release }: Stopped, writeDown: () => Promise<void>): Promise<void> {
  try {
    await sweepRun(run);
    await writeDown();
    // Work that always runs may have begun when what it waited for was ended.
    await sweepRun(run);
    await sweepTemporary(run);
  } finally {
    release();
    process.exit(EXIT.cancelled);
  }
}
