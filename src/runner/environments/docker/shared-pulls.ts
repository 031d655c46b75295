/** Pulls that several jobs wait for: one for all of them, given up when nobody waits any more. */
import type Docker from 'dockerode';

interface Wanted {
  /** Of the same pull by everybody: the image, and in whose name it is pulled. */
  readonly name: string;
  readonly image: string;
  /** Does it; why it could not be done, or undefined. */
  readonly work: (tell: (line: string) => void, signal: AbortSignal) => Promise<string | undefined>;
}

interface Waiter {
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

interface Pull {
  readonly waiters: Set<Waiter>;
  readonly end: Promise<string | undefined>;
  readonly giveUp: () => void;
}

/** By connection to an engine. */
const pulls = new WeakMap<Docker, Map<string, Pull>>();

/** Why the image cannot be had; undefined when it is there, or when the waiter's signal was aborted first. */
export async function joinPull(docker: Docker, wanted: Wanted, waiter: Waiter): Promise<string | undefined> {
  if (waiter.signal.aborted) return undefined;
  const known = pulls.get(docker) ?? new Map<string, Pull>();
  pulls.set(docker, known);
  const running = known.get(wanted.name);
  waiter.tell(running === undefined ? `Pulling ${wanted.image}` : `Waiting for ${wanted.image}, which is being pulled`);
  const pull = running ?? begin(known, wanted);
  pull.waiters.add(waiter);
  const leave = (): void => {
    pull.waiters.delete(waiter);
    if (pull.waiters.size === 0) pull.giveUp();
  };
  let tellLeft = (): void => undefined;
  const left = new Promise<undefined>((resolve) => {
    tellLeft = () => resolve(undefined);
  });
  const onAbort = (): void => {
    leave();
    tellLeft();
  };
  waiter.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([pull.end, left]);
  } finally {
    waiter.signal.removeEventListener('abort', onAbort);
    pull.waiters.delete(waiter);
  }
}

function begin(known: Map<string, Pull>, { name, work }: Wanted): Pull {
  const waiters = new Set<Waiter>();
  const unwanted = new AbortController();
  const tell = (line: string): void => {
    for (const waiter of waiters) waiter.tell(line);
  };
  const forget = (): void => void known.delete(name);
  const end = work(tell, unwanted.signal).finally(forget);
  const giveUp = (): void => {
    // Whoever comes next begins anew.
    forget();
    unwanted.abort();
  };
  const pull = { waiters, end, giveUp };
  known.set(name, pull);
  return pull;
}
