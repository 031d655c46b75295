/** Names to addresses, without letting a flood of questions take the machine's resolver. */
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { canonicalAddress } from '../../../shared/address.ts';

/** All addresses of a name. Rejects when there is none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** As every program of this machine looks names up, its hosts file included. */
export async function resolveBySystem(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true, order: 'verbatim' })).map(({ address }) => address);
}

/** The addresses of this machine, public ones too: behind them are services that were never meant for a box. */
export function ownAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((of) => of ?? []);
  return new Set(all.map(({ address }) => canonicalAddress(address) ?? address));
}

/**
 * The same question is asked once at a time, and at most `limit` questions are: a lookup of the system holds one of the
 * few threads that orch's own file access needs as well.
 */
export function shareLookups(resolve: Resolve, limit: number): Resolve {
  const asked = new Map<string, Promise<readonly string[]>>();
  const waiting: (() => void)[] = [];
  let running = 0;
  const ask = async (name: string): Promise<readonly string[]> => {
    if (running >= limit) await new Promise<void>((go) => void waiting.push(go));
    else running += 1;
    try {
      return await resolve(name);
    } finally {
      const next = waiting.shift();
      // Whoever waits takes the place over.
      if (next === undefined) running -= 1;
      else next();
    }
  };
  return (name) => {
    const already = asked.get(name);
    if (already !== undefined) return already;
    const answer = ask(name).finally(() => asked.delete(name));
    asked.set(name, answer);
    return answer;
  };
}
