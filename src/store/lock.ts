/**
 * One main run a repository. The true lock lies in the git common directory, where every linked worktree finds it; a
 * copy in `logs/` is for people and for whoever waits until it is gone.
 */
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Stream } from '../engine/index.ts';
import { type HostPath, hostPath } from '../shared/brand.ts';
import { ok, type Result } from '../shared/result.ts';
import { type LockHeld, type LockState, lookAtLock, type StaleLock, sweepMarks, takeLockFile } from './lock-file.ts';
import { describeSelf, formatLockInfo, type LockFile, type LockInfo, readLockFile } from './lock-info.ts';
import { type Layout, LOGS, streamLock, VISIBLE_LOCK } from './paths.ts';
import { type ProcessProbe, probeProcesses } from './process-probe.ts';
import { ensureDirectory, removeFile, replaceFile } from './safe-files.ts';

export interface RunLock {
  readonly info: LockInfo;
  /** The crashed run whose lock this one took over: what it left running is to be swept. */
  readonly stale?: StaleLock;
  /** Removes the lock unless it is somebody else's by now. Synchronous, for signal handlers; may be called twice. */
  release(): void;
}

/** Takes the repository's lock for `run`, or says who has it. A disk that refuses throws `MachineError`. */
export function acquireRunLock(layout: Layout, run: string, probe = probeProcesses()): Result<RunLock, LockHeld> {
  const path = hostPath(join(ensureDirectory(layout.gitCommonDir, 'orch'), basename(layout.lock)));
  const logs = ensureDirectory(layout.root, LOGS);
  const taken = takeFor(path, run, probe);
  if (!taken.ok) return taken;
  const { text, ...lock } = taken.value;
  const visible = hostPath(join(logs, VISIBLE_LOCK));
  // The true lock goes last: whoever waits for the visible one to vanish may start at once.
  const release = () => {
    try {
      removeIfEqual(visible, text);
    } finally {
      removeIfEqual(path, text);
    }
  };
  try {
    sweepMarks(path, probe);
    replaceFile(visible, text);
  } catch (cause) {
    release();
    throw cause;
  }
  return ok({ ...lock, release });
}

/** The same for a stream beside the main runs; the main run's own lock is not touched, and no copy lies in `logs/`. */
export function acquireStreamLock(
  layout: Layout,
  { stream, run }: { readonly stream: Stream; readonly run: string },
  probe = probeProcesses(),
): Result<RunLock, LockHeld> {
  const path = hostPath(join(ensureDirectory(layout.gitCommonDir, 'orch'), basename(streamLock(layout, stream))));
  const taken = takeFor(path, run, probe);
  if (!taken.ok) return taken;
  const { text, ...lock } = taken.value;
  sweepMarks(path, probe);
  return ok({ ...lock, release: () => removeIfEqual(path, text) });
}

function takeFor(
  path: HostPath,
  run: string,
  probe: ProcessProbe,
): Result<Omit<RunLock, 'release'> & { readonly text: string }, LockHeld> {
  const info = describeSelf(run, probe, new Date());
  const text = formatLockInfo(info);
  const taken = takeLockFile(path, text, probe);
  if (!taken.ok) return taken;
  return ok({ info, text, ...(taken.value === undefined ? {} : { stale: taken.value }) });
}

/** Whether a main run is on. Nothing is taken. */
export function lookAtRunLock(layout: Layout, probe = probeProcesses()): LockState {
  return lookAtLock(layout.lock, probe);
}

/** Looks until no main run is on, ever less often. When the signal is aborted, the last that was seen is returned. */
export async function waitForNoRun(
  layout: Layout,
  { signal, onWait, interval = 100 }: WaitOptions,
): Promise<LockState> {
  const probe = probeProcesses();
  let state = lookAtRunLock(layout, probe);
  if (state.kind === 'held') onWait(state.held);
  for (let pause = interval; state.kind === 'held' && !signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    await delay(pause, undefined, { signal }).catch((cause: unknown) => {
      if (!signal.aborted) throw cause;
    });
    state = lookAtRunLock(layout, probe);
  }
  return state;
}

/** Milliseconds. */
const LONGEST_PAUSE = 2000;

export interface WaitOptions {
  readonly signal: AbortSignal;
  /** Called once, before the first wait. */
  readonly onWait: (held: LockHeld) => void;
  /** Milliseconds between two tries. */
  readonly interval?: number;
}

/** Tries until the lock is free. When the signal is aborted, the last answer is returned. */
export async function waitForLock(
  acquire: () => Result<RunLock, LockHeld>,
  options: WaitOptions,
): Promise<Result<RunLock, LockHeld>> {
  const { signal, interval = 500 } = options;
  let last = acquire();
  if (!last.ok) options.onWait(last.error);
  while (!last.ok && !signal.aborted) {
    await delay(interval, undefined, { signal }).catch((cause: unknown) => {
      if (!signal.aborted) throw cause;
    });
    if (!signal.aborted) last = acquire();
  }
  return last;
}

/** Who holds the repository's lock now, stale or not; undefined when nobody does. */
export function readRunLock(layout: Layout): LockFile | undefined {
  return readLockFile(layout.lock);
}

/** The same of a stream. */
export function readStreamLock(layout: Layout, stream: Stream): LockFile | undefined {
  return readLockFile(streamLock(layout, stream));
}

function removeIfEqual(path: HostPath, text: string): void {
  if (readLockFile(path)?.text === text) removeFile(path);
}
