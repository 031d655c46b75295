/** The runs that `logs/runs/` remembers, told from the ends of their journals, and the removal of old ones. */

import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../engine/index.ts';
import { errnoOf } from '../shared/errno.ts';
import { checkEvent } from './event-shape.ts';
import { latestRun } from './latest.ts';
import { holderOfFile, type LockInfo, readLockFile } from './lock-info.ts';
import { type Layout, RUNS, type RunPaths, runPathsIn } from './paths.ts';
import { type ProcessProbe, probeProcesses } from './process-probe.ts';
import { isRunId, startOfRun } from './run-id.ts';
import { ensureDirectory, machineError } from './safe-files.ts';

export interface RunRecord {
  readonly run: string;
  /** A run that is paused has `finished` for now. `crashed`: it did not finish, and its process is gone. A process that cannot be asked counts as running. */
  readonly state: 'running' | 'finished' | 'crashed';
  readonly paths: RunPaths;
  /** Missing when the run crashed before it could say. */
  readonly started?: Extract<RunEvent, { readonly type: 'run.started' }>;
  readonly finished?: Extract<RunEvent, { readonly type: 'run.finished' }>;
  readonly owner?: LockInfo;
}

/** Where `run.finished` is looked for: few and short events can follow it. */
const TAIL = 64 * 1024;
/** `run.started` names every job, so it can be long. */
const HEAD_LIMIT = 16 * 1024 * 1024;
const REMOVING = '.removing-';

/** Newest first. Reads the ends of each journal only; folders that orch did not name are passed over. */
export function listRuns(layout: Layout, probe = probeProcesses()): readonly RunRecord[] {
  return namesIn(layout.runs)
    .filter(isRunId)
    .sort()
    .reverse()
    .map((run) => recordOf(runPathsIn(layout.runs, run), probe));
}

/** One run of the history; undefined when there is no such run. */
export function findRun(layout: Layout, run: string, probe = probeProcesses()): RunRecord | undefined {
  return isRunId(run) && namesIn(layout.runs).includes(run) ? recordOf(runPathsIn(layout.runs, run), probe) : undefined;
}

/** The main run that began last, the one that the names in `logs/` belong to; undefined before the first. */
export function latestMainRun(layout: Layout, probe = probeProcesses()): RunRecord | undefined {
  const published = latestRun(layout);
  const found = published === undefined ? undefined : findRun(layout, published, probe);
  // The manifest may have been deleted, or its run's folder; what is left tells as well.
  return found ?? listRuns(layout, probe).find(isMain);
}

function isMain({ started }: RunRecord): boolean {
  return started?.kind === 'tasks' && started.stream === undefined;
}

/**
 * The run that began last, of tasks or of a workflow; undefined before the first. A framework review comes after the
 * run that it is about, and is nobody's newest run, unless it is on.
 */
export function newestRun(layout: Layout, probe = probeProcesses()): RunRecord | undefined {
  const main = latestMainRun(layout, probe);
  const others = listRuns(layout, probe).filter(
    (record) => !isMain(record) && (record.started?.stream === undefined || record.state === 'running'),
  );
  return [...(main === undefined ? [] : [main]), ...others].reduce<RunRecord | undefined>(
    (one, other) => (one === undefined || beginning(other) > beginning(one) ? other : one),
    undefined,
  );
}

/** Names are exact to the second only. */
function beginning({ started, run }: RunRecord): number {
  return started === undefined ? (startOfRun(run) ?? 0) : Date.parse(started.time);
}

export interface PruneOptions {
  /** How many of the newest runs stay, and as many framework reviews; 20 unless told. */
  readonly keep?: number;
  /**
   * Older runs that stay all the same and do not count: those whose worktrees still stand, since their logs explain
   * them, and those that wait for somebody. Whoever removes the worktrees makes the logs removable.
   */
  readonly spare?: (record: RunRecord) => boolean;
}

export interface Pruned {
  readonly removed: readonly string[];
  readonly failed: readonly { readonly run: string; readonly message: string }[];
}

/** Removes the folders of old runs, but never one that is running, nor the latest main run, whose logs are published. */
export function pruneRuns(layout: Layout, { keep = 20, spare = () => false }: PruneOptions = {}): Pruned {
  const runs = ensureDirectory(layout.root, RUNS);
  const removed: string[] = [];
  const failed: { run: string; message: string }[] = [];
  const latest = latestRun(layout);
  // Reviews do not push out the runs that they are about.
  const all = listRuns(layout);
  const reviews = all.filter(({ started }) => started?.stream !== undefined);
  const others = all.filter(({ started }) => started?.stream === undefined);
  for (const record of [...others.slice(keep), ...reviews.slice(keep)]) {
    if (record.state === 'running' || record.run === latest || spare(record)) continue;
    const problem = removeRun(runs, record.run);
    if (problem === undefined) removed.push(record.run);
    else failed.push({ run: record.run, message: problem });
  }
  for (const name of namesIn(runs)) {
    if (name.startsWith(REMOVING)) removeTree(join(runs, name));
  }
  return { removed, failed };
}

/** Renamed first, so that a removal that is interrupted leaves no half run in the history. */
function removeRun(runs: string, run: string): string | undefined {
  const away = join(runs, `${REMOVING}${run}`);
  try {
    renameSync(join(runs, run), away);
  } catch (cause) {
    // Another orch was quicker.
    return errnoOf(cause) === 'ENOENT' ? undefined : machineError(`remove run ${run}`, cause).message;
  }
  return removeTree(away);
}

/** What went wrong, if anything. Symlinks inside are removed, not followed. */
function removeTree(path: string): string | undefined {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 2 });
    return undefined;
  } catch (cause) {
    return machineError(`remove ${path}`, cause).message;
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return [];
    throw machineError(`read ${directory}`, cause);
  }
}

function recordOf(paths: RunPaths, probe: ProcessProbe): RunRecord {
  const ends = readEnds(paths.journal);
  const first = parseEvent(ends.head);
  const started = first?.type === 'run.started' ? first : undefined;
  const finished = findFinish(ends.tail);
  const ownerFile = readLockFile(paths.owner);
  const owner = ownerFile?.info;
  const there = ownerFile !== undefined && holderOfFile(ownerFile, probe, Date.now()).state !== 'gone';
  return {
    run: paths.run,
    state: finished !== undefined ? 'finished' : there ? 'running' : 'crashed',
    paths,
    ...(started === undefined ? {} : { started }),
    ...(finished === undefined ? {} : { finished }),
    ...(owner === undefined ? {} : { owner }),
  };
}

function findFinish(tail: string): RunRecord['finished'] {
  for (const line of tail.split('\n').reverse()) {
    const event = /"run\.(finished|resumed)"/.test(line) ? parseEvent(line) : undefined;
    if (event?.type === 'run.finished') return event;
    // What came before it was no end.
    if (event?.type === 'run.resumed') return undefined;
  }
  return undefined;
}

function parseEvent(line: string): RunEvent | undefined {
  try {
    const check = checkEvent(JSON.parse(line));
    return check.kind === 'event' ? check.event : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** The first line and the last bytes of a journal; both empty when there is none. */
function readEnds(path: string): { readonly head: string; readonly tail: string } {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT' || errnoOf(cause) === 'ELOOP') return { head: '', tail: '' };
    throw machineError(`read ${path}`, cause);
  }
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) return { head: '', tail: '' };
    return { head: readHead(fd), tail: readAt(fd, Math.max(0, found.size - TAIL), TAIL).toString('utf8') };
  } catch (cause) {
    throw machineError(`read ${path}`, cause);
  } finally {
    closeSync(fd);
  }
}

function readHead(fd: number): string {
  for (let size = TAIL; size <= HEAD_LIMIT; size *= 4) {
    const bytes = readAt(fd, 0, size);
    const end = bytes.indexOf(0x0a);
    if (end !== -1) return bytes.toString('utf8', 0, end);
    if (bytes.length < size) return bytes.toString('utf8');
  }
  return '';
}

function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, position));
}
