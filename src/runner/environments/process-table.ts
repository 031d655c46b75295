/** The processes of this machine: from `/proc` on Linux, from `ps` elsewhere. */
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { cutText } from '../../shared/cut-text.ts';
import { cookiesIn } from './cookie.ts';
import type { ProcessRow } from './process-row.ts';
import { readPsTable } from './ps-table.ts';

export const HAS_PROC = process.platform === 'linux';

/** Linux counts a process's time in hundredths of a second on every architecture that Node runs on. */
const TICK = 10;

/** Every process that this one may see. */
export async function readTable(): Promise<readonly ProcessRow[]> {
  if (!HAS_PROC) return readPsTable();
  const rows: ProcessRow[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const row = Number.isInteger(pid) ? readRow(pid) : undefined;
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

/** One process, or undefined when there is none (any more), or no `/proc`. */
export function readRow(pid: number): ProcessRow | undefined {
  const stat = readProc(`/proc/${pid}/stat`)?.toString('latin1');
  return stat === undefined ? undefined : parseStat(stat);
}

/** A line of `/proc/<pid>/stat`. */
export function parseStat(stat: string): ProcessRow {
  // The name comes second, in parentheses, and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const number = (index: number): number => Number(fields[index]);
  return {
    pid: Number.parseInt(stat, 10),
    parent: number(1),
    group: number(2),
    started: fields[19] ?? '',
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    cpu: (number(11) + number(12)) * TICK,
    childrenCpu: (number(13) + number(14)) * TICK,
  };
}

/** The cookies that a process carries; none when its environment may not be read. */
export function readCookies(pid: number): readonly string[] {
  const environ = HAS_PROC ? readProc(`/proc/${pid}/environ`) : undefined;
  return environ === undefined ? [] : cookiesIn(environ);
}

/** A process's command line for people, at most 200 characters. */
export function readCommand(pid: number): string {
  const line = cutText(readProc(`/proc/${pid}/cmdline`)?.toString() ?? '', 400);
  return cutText(line.replaceAll(/\p{Cc}+/gu, ' ').trim(), 200);
}

/** Tells the time as `ProcessRow.started` does. It may be behind by the length of a suspend, and is never ahead. */
export function createStartClock(): () => number {
  const uptime = Number(readProc('/proc/uptime')?.toString('latin1').split(' ', 1)[0] ?? 0) * 1000;
  const offset = uptime - performance.now();
  return () => Math.floor((offset + performance.now()) / TICK) - 1;
}

/** The children of a process that has a single thread, or undefined when the kernel does not tell. */
export function readChildren(pid: number): readonly number[] | undefined {
  const text = readProc(`/proc/${pid}/task/${pid}/children`)?.toString('latin1');
  return text?.split(' ').filter(Boolean).map(Number);
}

const SCRATCH = Buffer.allocUnsafe(16_384);

/** A file of `/proc` in one read where it fits; undefined when the process is gone or not ours to look at. */
function readProc(path: string): Buffer | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const length = readSync(fd, SCRATCH, 0, SCRATCH.length, null);
    return length < SCRATCH.length ? SCRATCH.subarray(0, length) : readFileSync(path);
  } catch (error) {
    if (isGoneOrForbidden(error)) return undefined;
    throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function isGoneOrForbidden(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM' || code === 'EIO';
}
