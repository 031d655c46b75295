/**
 * Many small calls of the file system in a row, made where we stand: through Node's thread pool each of them would cost
 * several times its own price. In slices, so that everything else goes on meanwhile.
 */
import { setImmediate as turn } from 'node:timers/promises';

/** Milliseconds at a stretch. */
const SLICE = 4;

/** To be called between two calls of the file system; what it returns, if anything, is to be awaited. */
export type Pace = () => Promise<void> | undefined;

export function createPace(now: () => number = () => performance.now()): Pace {
  let since = now();
  return () => {
    if (now() - since < SLICE) return undefined;
    return turn().then(() => {
      since = now();
    });
  };
}
