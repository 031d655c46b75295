/** What comes before a run and may wait for a server: ended by the first signal, with nothing to tell of. */
import { systemClock } from '../../runner/environments/index.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { MachineError } from '../../shared/failure.ts';
import { listenToSignals } from '../signals.ts';

/** Undefined when somebody wished it to stop. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const stop = new AbortController();
  const stopListening = listenToSignals({
    now: () => systemClock.now(),
    onFirst: () => stop.abort(),
    onSecond: () => process.exit(EXIT.cancelled),
  });
  try {
    const done = await work(stop.signal);
    return stop.signal.aborted ? undefined : done;
  } catch (error) {
    if (stop.signal.aborted && error instanceof MachineError && error.failure.code === 'cancelled') return undefined;
    throw error;
  } finally {
    stopListening();
  }
}
