/** Tells a process from a later one that was given the same number. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { errnoOf } from '../../shared/errno.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the kernel's own unit; absent where the system does not tell. */
  readonly started?: string;
  /** The namespace that the number is of; absent where there are none. */
  readonly space?: string;
}

export function thisProcess(): ProcessIdentity {
  const space = spaceOf('self');
  return { ...identify(process.pid), ...(space === undefined ? {} : { space }) };
}

/** Whether the very process that wrote this identity still runs on this machine; one that cannot be seen from here does. */
export function isAlive(identity: ProcessIdentity): boolean {
  const here = spaceOf('self');
  if (here !== undefined && identity.space !== undefined && identity.space !== here) {
    // A task's processes are numbered anew, and do not see the orch that has started them.
    return (
      here !== FIRST_SPACE ||
      readdirSync('/proc').some((name) => /^\d+$/.test(name) && spaceOf(name) === identity.space)
    );
  }
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it runs, as somebody else.
    if (errnoOf(error) !== 'EPERM') return false;
  }
  const now = identify(identity.pid);
  return identity.started === undefined || now.started === undefined || identity.started === now.started;
}

export function isIdentity(value: unknown): value is ProcessIdentity {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    Number.isSafeInteger(value.pid) &&
    Number(value.pid) > 0
  );
}

/** The one that every process of the machine can be seen from: Linux gives it the same number everywhere. */
const FIRST_SPACE = 'pid:[4026531836]';

/** Undefined for a process that is gone or is somebody else's, and where there are no namespaces. */
function spaceOf(pid: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

function identify(pid: number): ProcessIdentity {
  if (process.platform !== 'linux') return { pid };
  try {
    // The command's name is in brackets and may hold spaces; the start time is the 20th field after them.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return started === undefined ? { pid } : { pid, started };
  } catch {
    // Gone between two looks, or /proc hidden: the number alone has to do.
    return { pid };
  }
}
