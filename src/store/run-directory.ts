/** The folder of one run: made when the run begins, and marked with the process that it belongs to. */
import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type HostPath, hostPath } from '../shared/brand.ts';
import { formatLockInfo, type LockInfo } from './lock-info.ts';
import { type Layout, RUNS, type RunPaths, runPathsIn } from './paths.ts';
import { ensureDirectory, machineError, replaceFile } from './safe-files.ts';

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

/** The folder of a run that goes on, which belongs to another process from here on. */
export function takeRunDirectory(layout: Layout, owner: LockInfo): RunPaths {
  const paths = runPathsIn(ensureDirectory(layout.root, RUNS), owner.run);
  replaceFile(paths.owner, formatLockInfo(owner));
  return paths;
}
