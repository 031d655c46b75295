/** The marks by which everything that a run asks of the engine is found again. */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errnoOf, isErrno } from '../../../shared/errno.ts';
import { HAS_PROC, readRow } from '../process-table.ts';

/** On containers, networks and volumes; the value is the run's id. */
export const RUN_LABEL = 'dev.orch.run';
/** On images of actions: what they were built from. They are kept, since their layers are used again. */
export const BUILD_LABEL = 'dev.orch.action';
/** On volumes with copies of files for a container: they go with that. */
export const FILES_LABEL = 'dev.orch.files';
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

/** A process for good: on this machine, in this namespace of processes, since the machine was started. */
function describeMaker(pid: number): string {
  return `${placeOfMakers()},"boot":"${idIn(BOOT)}","pid":${pid},"started":${JSON.stringify(readRow(pid)?.started ?? '')}}`;
}

/** Up to where all makers of this machine are the same. Its name alone may be another's too, at an engine that both use. */
function placeOfMakers(): string {
  return JSON.stringify({ machine: idIn(MACHINE), host: hostname(), space: processSpace() }).slice(0, -1);
}

/**
 * Whether what made it is known to have ended. Of other machines and containers nothing is known. A machine that was
 * copied has the names of the first: only at an engine of this machine itself another start means an earlier one.
 */
export function isMakerGone(label: string | undefined, isOwnEngine: boolean): boolean {
  const place = placeOfMakers();
  if (!HAS_PROC || label?.startsWith(place) !== true) return false;
  const [, boot, pid] = /^,"boot":"([0-9a-f]*)","pid":(\d{1,9}),/.exec(label.slice(place.length)) ?? [];
  if (pid === undefined) return false;
  if (boot !== idIn(BOOT)) return isOwnEngine;
  // Of a process that is there, and that this machine does not show to other users, nothing is known.
  return readRow(Number(pid)) === undefined ? !isThere(Number(pid)) : label !== describeMaker(Number(pid));
}

const MACHINE = '/etc/machine-id';
const BOOT = '/proc/sys/kernel/random/boot_id';

/** Not the id itself: whoever may ask the engine could know this machine elsewhere by it. */
function idIn(file: string): string {
  const id = readOr('', () => readFileSync(file, 'utf8').trim());
  return id === '' ? '' : createHash('sha256').update(`orch ${id}`).digest('hex').slice(0, 16);
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
  return readOr('', () => readlinkSync('/proc/self/ns/pid'));
}

function readOr(none: string, read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (errnoOf(error) !== undefined) return none;
    throw error;
  }
}

const LONGEST_NAME = 100;

/** Only what the engine allows in a name, and not too much of it; what is cut off still tells two apart. */
export function nameOf({ run, job }: Owner, what: string): string {
  const plain = `${job}-${what}`.replaceAll(/[^A-Za-z0-9_.]+/g, '-');
  const digest = createHash('sha256').update(plain).digest('hex').slice(0, 12);
  const short = plain.length <= LONGEST_NAME ? plain : `${plain.slice(0, LONGEST_NAME - 13)}-${digest}`;
  return `orch-${run}-${short}`.toLowerCase();
}
