/** The folder of one run: made when the run begins, and marked with the process that it belongs to. */
import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type HostPath, hostPath } from '../shared/brand.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { sweepMarks, takeLockFile } from './lock-file.ts';
import { formatLockInfo, type LockInfo } from './lock-info.ts';
import { type Layout, RUNS, type RunPaths, runPathsIn } from './paths.ts';
import { probeProcesses } from './process-probe.ts';
import { ensureDirectory, machineError, removeFile, replaceFile } from './safe-files.ts';

/**
 * Makes `logs/runs/<run>/`, main run or workflow run alike. `owner` says which process writes it (see `describeSelf`).
 * The paths returned hold no symlinks. Throws `MachineError` when the run exists already or the disk refuses.
 */
export function createRunDirectory(layout: Layout, owner: LockInfo): RunPaths {
  const paths = runPathsIn(ensureRuns(layout), owner.run);
  try {
    mkdirSync(paths.directory);
    mkdirSync(paths.artifacts);
  } catch (cause) {
    throw machineError(`make ${paths.directory}`, cause);
  }
  replaceFile(paths.owner, formatLockInfo(owner));
  return paths;
}

/** When it is new, git is told to pass it over: nobody means to commit journals, and not every user has run `orch init`. */
function ensureRuns({ root, runs }: Layout): HostPath {
  const isNew = lstatSync(runs, { throwIfNoEntry: false }) === undefined;
  const directory = ensureDirectory(root, RUNS);
  if (isNew) replaceFile(hostPath(join(directory, '.gitignore')), '*\n');
  return directory;
}

/**
 * The folder of a run that goes on, which is this process's from here on. The error says who has it: of several that
 * want it, and of those that come while it is on, one has it.
 */
export function takeRunDirectory(layout: Layout, owner: LockInfo, probe = probeProcesses()): Result<RunPaths, string> {
  const paths = runPathsIn(ensureDirectory(layout.root, RUNS), owner.run);
  const taken = takeLockFile(paths.owner, formatLockInfo(owner), probe);
  if (!taken.ok) {
    const { by } = taken.error;
    return err(`run ${owner.run} is in the hands of ${by === undefined ? 'another process' : `process ${by.pid}`}`);
  }
  sweepMarks(paths.owner, probe);
  return ok(paths);
}

/** Of a run that is paused: it belongs to nobody until somebody goes on with it. */
export function leaveRunDirectory({ owner }: RunPaths): void {
  removeFile(owner);
}
