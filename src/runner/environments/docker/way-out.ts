/** The way out of a box that has no network: the proxy on this machine, joined with a port in the box by its supervisor. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AllowList } from '../../../shared/allow-list.ts';
import { type HostPath, hostPath } from '../../../shared/brand.ts';
import { MachineError } from '../../../shared/failure.ts';
import { type Egress, openEgress, type Refusal } from '../egress/proxy.ts';
import { proxyVariables } from '../egress/proxy-variables.ts';
import type { JobContainer } from './job-container.ts';
import type { Owner } from './labels.ts';

export interface WaySettings {
  readonly owner: Owner;
  readonly network: 'none' | 'full' | AllowList;
  /** Where the socket may be put; nobody else of this machine sees into it. */
  readonly temporary: HostPath;
  readonly onRefusal: (refusal: Refusal) => void;
}

export interface Way {
  readonly env: Readonly<Record<string, string>>;
  /** In the box, before its command. */
  open(container: JobContainer): Promise<void>;
  close(): Promise<void>;
}

/** What the path of a socket may hold, without the rest of its folder's name and its own. */
const LONGEST_PLACE = 80;
/** Of the box alone, so it is free. */
const PORT = 3128;

const NO_WAY: Way = { env: {}, open: () => Promise.resolve(), close: () => Promise.resolve() };

/** No way where there is no network, or the engine's own. */
export async function openWay({ network, temporary, owner, onRefusal }: WaySettings): Promise<Way> {
  if (typeof network === 'string') return NO_WAY;
  // Closed to others of this machine: they would have the way too.
  const folder = await mkdtemp(placeOf(temporary, owner.run));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const socket = hostPath(join(folder, 'proxy.sock'));
  let egress: Egress;
  try {
    egress = await openEgress(socket, { list: network, onRefusal });
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    env: proxyVariables(PORT),
    open: (container) => joinProxy(container, socket),
    close: async () => {
      try {
        await egress.close();
      } finally {
        await remove();
      }
    },
  };
}

/** The path of a socket is short on every system. */
function placeOf(temporary: HostPath, run: string): string {
  const near = join(temporary, 'out-');
  return near.length < LONGEST_PLACE ? near : join(tmpdir(), `orch-task-${run}-out-`);
}

async function joinProxy({ supervised }: JobContainer, socket: HostPath): Promise<void> {
  const joined = await supervised.listen(PORT, () => connect({ path: socket, allowHalfOpen: true }));
  if (joined.ok) return;
  const message = `the way out of the sandbox did not open: ${joined.error}`;
  throw new MachineError({ code: 'setup-failed', message });
}
