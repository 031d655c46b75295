/** Signals that ask the command to stop, for the processes that it has started. */
import { systemClock } from '../../runner/environments/index.ts';
import { listenToSignals } from '../signals.ts';
import type { StopSignal } from './child.ts';

export interface Wishes extends StopSignal {
  readonly stopListening: () => void;
}

export function listenForWishes(): Wishes {
  const listeners = new Set<() => void>();
  let asked = 0;
  const wish = (): void => {
    asked += 1;
    for (const listener of listeners) listener();
  };
  const stopListening = listenToSignals({ onFirst: wish, onSecond: wish, now: () => systemClock.now() });
  return {
    asked: () => asked,
    listen: (onWish) => {
      listeners.add(onWish);
      if (asked > 0) onWish();
      return () => void listeners.delete(onWish);
    },
    stopListening,
  };
}
