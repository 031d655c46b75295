/** The marks by which everything that a run asks of the engine is found again. */
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isErrno } from '../../../shared/errno.ts';
import { HAS_PROC, readRow } from '../process-table.ts';

/** On containers, networks and volumes; the value is the run's id. */
export const RUN_LABEL = 'dev.orch.run';
/** On images of actions: what they were built from. They are kept, since their layers are used again. */
export const BUILD_LABEL = 'dev.orch.action';
/** The job, for people who look. */
const JOB_LABEL = 'dev.orch.job';
/** The orch that made it: whoever finds that gone may remove it. */
export const MAKER_LABEL = 'dev.orch.maker';

export interface Owner {
  readonly run: string;
  /** The leg's id. */
  readonly job: string;
}

export function labelsOf({ run, job }: Owner): Readonly<Record<string, string>> {
  return { [RUN_LABEL]: run, [JOB_LABEL]: job, [MAKER_LABEL]: describeMaker(process.pid) };
}

/** A process for good: on this machine, in this namespace of processes. */
function describeMaker(pid: number): string {
  return JSON.stringify({ host: hostname(), space: processSpace(), pid, started: readRow(pid)?.started ?? '' });
}

/** Whether what made it is known to have ended. Of other machines and containers nothing is known. */
export function isMakerGone(label: string | undefined): boolean {
  if (label === undefined) return false;
  const pid = /"pid":(\d{1,9}),/.exec(label)?.[1];
  if (pid === undefined || !HAS_PROC) return false;
  const { host, space } = JSON.parse(describeMaker(Number(pid))) as Record<string, unknown>;
  const isHere = label.startsWith(JSON.stringify({ host, space }).slice(0, -1));
  if (!isHere) return false;
  // Of a process that is there, and that this machine does not show to other users, nothing is known.
  return readRow(Number(pid)) === undefined ? !isThere(Number(pid)) : label !== describeMaker(Number(pid));
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (!isErrno(error, 'ESRCH', 'EPERM')) throw error;
    return isErrno(error, 'EPERM');
  }
}

function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
}

/** Only what the engine allows in a name, and not too much of it. */
export function nameOf({ run, job }: Owner, what: string): string {
  const plain = `${job}-${what}`.replaceAll(/[^A-Za-z0-9_.]+/g, '-').slice(0, 100);
  return `orch-${run}-${plain}`.toLowerCase();
}
