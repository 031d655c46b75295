/** Tells a process from a later one that was given the same number. */

import { readFileSync } from 'node:fs';
import { errnoOf } from '../../shared/errno.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the kernel's own unit; absent where the system does not tell. */
  readonly started?: string;
}

export function thisProcess(): ProcessIdentity {
  return identify(process.pid);
}

/** Whether the very process that wrote this identity still runs on this machine. */
export function isAlive(identity: ProcessIdentity): boolean {
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
