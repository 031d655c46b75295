/** Waiting until a file may have changed: told by the system where it can, by a timer everywhere. */
import { watch } from 'node:fs';

export interface WatchOptions {
  /** Counts as a change, so that whoever waits looks up. */
  readonly signal: AbortSignal;
  /** Milliseconds between two looks where the system does not tell of changes. */
  readonly interval?: number;
}

export interface Changes {
  /** Resolves when the file may have changed since the last call: at once when it already has. */
  next(): Promise<void>;
  stop(): void;
}

export function watchFile(path: string, { signal, interval = 250 }: WatchOptions): Changes {
  let changed = false;
  let wake: (() => void) | undefined;
  const tell = () => {
    changed = true;
    wake?.();
  };
  // Watching is only faster: network shares never tell, some systems have no watches left, and the timer goes on.
  const stopWatching = startWatching(path, tell);
  const timer = setInterval(tell, interval);
  signal.addEventListener('abort', tell);
  return {
    next: async () => {
      if (!changed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      wake = undefined;
      changed = false;
    },
    stop: () => {
      stopWatching();
      clearInterval(timer);
      signal.removeEventListener('abort', tell);
    },
  };
}

function startWatching(path: string, tell: () => void): () => void {
  try {
    const watcher = watch(path, { persistent: false }, tell);
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause) return () => undefined;
    throw cause;
  }
}
