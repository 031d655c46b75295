/** How well this machine lets orch hold on to what a command starts. */
import type { Containment } from '../../shared/verdict.ts';
import { findNamespace } from './namespace.ts';
import { HAS_PROC } from './process-table.ts';

/** The strongest means there is: what it misses, no other finds. */
export async function strongestContainment(): Promise<Containment['by'][number]> {
  if ((await findNamespace()) !== undefined) return 'pid-namespace';
  return HAS_PROC ? 'cookie' : 'process-group';
}
