/**
 * One main run a repository. The true lock lies in the git common directory, where every linked worktree finds it; a
 * copy in `logs/` is for people and for whoever waits until it is gone.
 */
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type HostPath, hostPath } from '../shared/brand.ts';
import { ok, type Result } from '../shared/result.ts';
import { type LockHeld, type StaleLock, sweepMarks, takeLockFile } from './lock-file.ts';
import { describeSelf, formatLockInfo, type LockFile, type LockInfo, readLockFile } from './lock-info.ts';
import { type Layout, LOGS, VISIBLE_LOCK } from './paths.ts';
import { probeProcesses } from './process-probe.ts';
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
  const info = describeSelf(run, probe, new Date());
  const text = formatLockInfo(info);
  const taken = takeLockFile(path, text, probe);
  if (!taken.ok) return taken;
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
  return ok({ info, release, ...(taken.value === undefined ? {} : { stale: taken.value }) });
}

export interface WaitOptions {
  readonly signal: AbortSignal;
  /** Called once, before the first wait. */
  readonly onWait: (held: LockHeld) => void;
  /** Milliseconds between two tries. */
  readonly interval?: number;
}

/** Tries until the lock is free. When the signal is aborted, the last answer is returned. */
export async function waitForRunLock(
  layout: Layout,
  run: string,
  options: WaitOptions,
): Promise<Result<RunLock, LockHeld>> {
  const { signal, interval = 500 } = options;
  const probe = probeProcesses();
  let last = acquireRunLock(layout, run, probe);
  if (!last.ok) options.onWait(last.error);
  while (!last.ok && !signal.aborted) {
    await delay(interval, undefined, { signal }).catch((cause: unknown) => {
      if (!signal.aborted) throw cause;
    });
    if (!signal.aborted) last = acquireRunLock(layout, run, probe);
  }
  return last;
}

/** Who holds the repository's lock now, stale or not; undefined when nobody does. */
export function readRunLock(layout: Layout): LockFile | undefined {
  return readLockFile(layout.lock);
}

function removeIfEqual(path: HostPath, text: string): void {
  if (readLockFile(path)?.text === text) removeFile(path);
}
