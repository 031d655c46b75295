/** Whether a box may connect, and to which address: the name, the port and every address behind it have to pass. */
import { canonicalAddress } from '../../../shared/address.ts';
import { type AllowList, formatHost, isListed, listedPorts, type Target } from '../../../shared/allow-list.ts';
import { specialKind } from './addresses.ts';
import type { Resolve } from './lookups.ts';

export type Judgement =
  /** To be connected to in this order, and to nothing else: a second lookup might answer otherwise. */
  | { readonly kind: 'allowed'; readonly addresses: readonly string[] }
  /** `why` completes "refused: ". */
  | { readonly kind: 'refused'; readonly why: string }
  /** Allowed, but there is no such host. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface Judge {
  readonly list: AllowList;
  readonly resolve: Resolve;
  readonly own: () => ReadonlySet<string>;
}

export async function judgeTarget(judge: Judge, target: Target): Promise<Judgement> {
  if (!isListed(judge.list, target)) return { kind: 'refused', why: whyUnlisted(judge.list, target) };
  const { host, port, isAddress } = target;
  // An address that is listed by itself is meant, whatever it is.
  if (isAddress) return { kind: 'allowed', addresses: [host] };
  const found = await ask(judge.resolve, host);
  if (!Array.isArray(found)) return { kind: 'unknown', why: String(found) };
  const addresses = found.map((address: string) => canonicalAddress(address) ?? address);
  const own = judge.own();
  for (const address of addresses) {
    const kind = specialKind(address) ?? (own.has(address) ? "this machine's own" : undefined);
    if (kind === undefined || isListed(judge.list, { host: address, port, isAddress: true })) continue;
    const itself = formatHost({ host: address, port });
    return { kind: 'refused', why: `it resolves to ${address} (${kind}); list ${itself} too if that is meant` };
  }
  return { kind: 'allowed', addresses: [...new Set(addresses)] };
}

async function ask(resolve: Resolve, name: string): Promise<readonly string[] | string> {
  try {
    const found = await resolve(name);
    return found.length > 0 ? found : 'the name has no address';
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `the name cannot be looked up (${String(Reflect.get(error, 'code') ?? error.message)})`;
  }
}

function whyUnlisted(list: AllowList, target: Target): string {
  const ports = listedPorts(list, target);
  if (ports.length === 0) return 'not in the network list';
  return `listed with port ${ports.join(', ')} only; list ${formatHost(target)} too if that is meant`;
}
