/** Which processes belong to a command that orch started, and how each of them is signalled safely. */
import { isErrno } from '../../shared/errno.ts';
import type { ProcessRow } from './process-row.ts';
import { HAS_PROC, readChildren, readCookies, readRow, readTable } from './process-table.ts';

/** Finds the living processes of a command; the command itself is among them while it runs. */
export type FindKin = () => Promise<readonly ProcessRow[]>;

export interface Root {
  readonly pid: number;
  /** Undefined when it had ended before it could be looked at. */
  readonly started: string | undefined;
}

/**
 * Kin by process group, by cookie, by descent from kin, and by having been kin before: a process that changes its
 * environment, its session and its parent all at once is still known if it was seen in between.
 */
export function kinByCookie(root: Root, cookie: string): FindKin {
  const seen = new Set<string>();
  return async () => {
    const rows = (await readTable()).filter((row) => mayBeKin(row, root));
    const kin = new Map<number, ProcessRow>();
    for (const row of rows) {
      if (row.group === root.pid || seen.has(key(row)) || readCookies(row.pid).includes(cookie)) kin.set(row.pid, row);
    }
    addDescendants(kin, rows);
    for (const row of kin.values()) seen.add(key(row));
    return [...kin.values()].filter((row) => !row.zombie);
  };
}

/** Kin by descent from the first process of a namespace, to which every orphan in it returns. `root` is its parent. */
export function kinByNamespace(root: Root): FindKin {
  return async () => {
    const first = readChildren(root.pid);
    // The usual end, without a look at the whole table: the first process is alone.
    if (first !== undefined && first.every((pid) => readChildren(pid)?.length === 0)) return [];
    const tree = await readTree(root);
    return tree.filter((row) => row.pid !== root.pid && row.parent !== root.pid && !row.zombie);
  };
}

export interface StepOfJob {
  /** What orch started: the one that the namespace hangs on, and the one above the shell when that joined later. */
  readonly roots: readonly number[];
  /** The shell that starts the command. */
  readonly shell: number;
  /** No process of the command started before; as `ProcessRow.started`. */
  readonly since: number;
  readonly cookie: string;
}

/**
 * Kin of one among several commands in a namespace: by cookie, by descent from kin, and, where a process carries no
 * cookie any more, by being a child of the command's shell that came after the command did.
 */
export function kinInJob({ roots, shell, since, cookie }: StepOfJob): FindKin {
  const seen = new Set<string>();
  const isKin = (row: ProcessRow): boolean => {
    if (seen.has(key(row))) return true;
    const cookies = readCookies(row.pid);
    if (cookies.includes(cookie)) return true;
    return cookies.length === 0 && row.parent === shell && Number(row.started) >= since;
  };
  return async () => {
    const rows = (await readTrees(roots)).filter(({ pid }) => !roots.includes(pid) && pid !== shell);
    const kin = new Map(rows.filter(isKin).map((row) => [row.pid, row]));
    addDescendants(kin, rows);
    for (const row of kin.values()) seen.add(key(row));
    return [...kin.values()].filter((row) => !row.zombie);
  };
}

/** A process and everything below it. */
export function readTree(root: Root): Promise<readonly ProcessRow[]> {
  return readTrees([root.pid]);
}

async function readTrees(roots: readonly number[]): Promise<readonly ProcessRow[]> {
  const rows = await readTable();
  const tree = new Map(rows.filter((row) => roots.includes(row.pid)).map((row) => [row.pid, row]));
  addDescendants(tree, rows);
  return [...tree.values()];
}

/** Sends a signal unless the pid has come to name another process. Whether it was sent. */
export function signalRow(row: ProcessRow, signal: NodeJS.Signals): boolean {
  if (HAS_PROC && readRow(row.pid)?.started !== row.started) return false;
  return sendSignal(row.pid, signal);
}

/** Sends a signal to a process, or with a negative number to a group. False when there is none or it is not ours. */
export function sendSignal(target: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(target, signal);
  } catch (error) {
    if (isErrno(error, 'ESRCH', 'EPERM')) return false;
    throw error;
  }
}

/** Names a process for good. */
export function key(row: ProcessRow): string {
  return `${row.pid}@${row.started}`;
}

/** What runs for longer than the command cannot come from it. Most of a machine's processes fall out here. */
function mayBeKin(row: ProcessRow, root: Root): boolean {
  if (row.pid === process.pid) return false;
  return !HAS_PROC || root.started === undefined || Number(row.started) >= Number(root.started);
}

function addDescendants(kin: Map<number, ProcessRow>, rows: readonly ProcessRow[]): void {
  // A child may stand before its parent in the table: again until nothing is added.
  for (let before = -1; before !== kin.size; ) {
    before = kin.size;
    for (const row of rows) if (kin.has(row.parent)) kin.set(row.pid, row);
  }
}
