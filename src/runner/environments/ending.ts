/** Ending processes for good: again and again until none is found, since what is found may be forking. */
import { setTimeout as delay } from 'node:timers/promises';
import { isOfRun } from './cookie.ts';
import { type FindKin, key, sendSignal, signalRow } from './kin.ts';
import type { ProcessRow } from './process-row.ts';
import { HAS_PROC, readCommand, readCookies, readRow, readTable } from './process-table.ts';

/** What cannot be ended within this time (milliseconds), such as another user's process, is left and told. */
const PATIENCE = 5000;
const CLEAN_PASSES = 2;

export interface Ended {
  /** How many processes were found and are gone. */
  readonly ended: readonly ProcessRow[];
  /** What could not be ended. */
  readonly alive: readonly ProcessRow[];
}

/** Kills what `find` finds until it finds nothing twice: a process born while the table was read shows in the next. */
export async function endAll(find: FindKin, patience = PATIENCE): Promise<Ended> {
  const found = new Map<string, ProcessRow>();
  const deadline = performance.now() + patience;
  let alive: readonly ProcessRow[] = [];
  for (let clean = 0, pause = 1; clean < CLEAN_PASSES; ) {
    alive = await find();
    clean = alive.length === 0 ? clean + 1 : 0;
    if (clean > 0) continue;
    if (performance.now() > deadline) break;
    for (const row of alive) found.set(key(row), row);
    signalAll(alive, 'SIGKILL');
    await delay(pause);
    pause = Math.min(pause * 2, 50);
  }
  const left = new Set(alive.map(key));
  return { ended: [...found.values()].filter((row) => !left.has(key(row))), alive };
}

/**
 * Signals each process and its group. A signal to a group reaches children that are just being forked. A command
 * starts in a session of its own, so every group of its kin was made by its kin; only a sweep may meet its own.
 */
function signalAll(rows: readonly ProcessRow[], signal: NodeJS.Signals): void {
  const groups = new Set<number>();
  for (const row of rows) {
    if (signalRow(row, signal)) groups.add(row.group);
  }
  groups.delete(readRow(process.pid)?.group ?? 0);
  for (const group of groups) if (group > 1) sendSignal(-group, signal);
}

/**
 * Signals each process once: a command that runs its own clean-up on a signal must not be told twice. A group is told
 * as a whole, so that children that are just being forked hear it too.
 */
export function tellAll(rows: readonly ProcessRow[], signal: NodeJS.Signals): void {
  const own = readRow(process.pid)?.group ?? 0;
  const groups = new Set<number>();
  for (const row of rows) {
    if (row.group <= 1 || row.group === own) signalRow(row, signal);
    else if (!HAS_PROC || readRow(row.pid)?.started === row.started) groups.add(row.group);
  }
  for (const group of groups) sendSignal(-group, signal);
}

export interface RunProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * Ends every process of this machine that carries a cookie of the run, whatever became of the orch that started it.
 * Returns what was ended. Linux only; elsewhere nothing is found.
 */
export async function sweepRun(run: string): Promise<readonly RunProcess[]> {
  if (!HAS_PROC) return [];
  const commands = new Map<string, string>();
  const find: FindKin = async () => {
    const rows = await findOfRun(run);
    for (const row of rows) if (!commands.has(key(row))) commands.set(key(row), readCommand(row.pid));
    return rows;
  };
  const { ended } = await endAll(find);
  return ended.map((row) => ({ pid: row.pid, command: commands.get(key(row)) ?? '' }));
}

/** What `sweepRun` would end. */
export async function listRunProcesses(run: string): Promise<readonly RunProcess[]> {
  if (!HAS_PROC) return [];
  return (await findOfRun(run)).map(({ pid }) => ({ pid, command: readCommand(pid) }));
}

async function findOfRun(run: string): Promise<readonly ProcessRow[]> {
  const table = await readTable();
  const own = ancestry(table);
  return table.filter(
    (row) => !row.zombie && !own.has(row.pid) && readCookies(row.pid).some((entry) => isOfRun(entry, run)),
  );
}

/** This process and those above it: an orch that runs inside the run it sweeps must not end itself. */
function ancestry(table: readonly ProcessRow[]): ReadonlySet<number> {
  const parents = new Map(table.map((row) => [row.pid, row.parent]));
  const line = new Set<number>();
  for (let pid: number | undefined = process.pid; pid !== undefined && !line.has(pid); pid = parents.get(pid)) {
    line.add(pid);
  }
  return line;
}
