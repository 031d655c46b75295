/** Where a run's output lies: names only, nothing is touched here. */
import { join } from 'node:path';
import type { Stream } from '../engine/index.ts';
import { type HostPath, hostPath } from '../shared/brand.ts';

/** The fixed names, relative to the repository's root, as reports and messages show them. */
export const LOGS = 'logs';
export const RUNS = 'logs/runs';
export const LATEST_JOURNAL = 'framework-run.jsonl';
export const LATEST_MANIFEST = '.orch-latest.jsonl';
export const VISIBLE_LOCK = 'framework-run.lock';
export const SUMMARY = 'docs/orchestrator-run-summary.md';

/** Longest name of a leg, so that `<leg>.log` fits the 255 bytes that file systems allow. */
const LEG_LENGTH = 240;
const LEG = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/;

export interface Layout {
  /** The top of the working tree that orch was started in; `logs/` and `docs/` are here. */
  readonly root: HostPath;
  /** Shared by every linked worktree of the repository. */
  readonly gitCommonDir: HostPath;
  /** orch's own folder among git's. */
  readonly orchDir: HostPath;
  /** The true lock: one main run a repository. */
  readonly lock: HostPath;
  readonly logs: HostPath;
  readonly runs: HostPath;
  readonly summary: HostPath;
}

export function layoutOf(root: HostPath, gitCommonDir: HostPath): Layout {
  const orchDir = join(gitCommonDir, 'orch');
  return {
    root,
    gitCommonDir,
    orchDir: hostPath(orchDir),
    lock: hostPath(join(orchDir, 'run.lock')),
    logs: hostPath(join(root, LOGS)),
    runs: hostPath(join(root, RUNS)),
    summary: hostPath(join(root, SUMMARY)),
  };
}

/** The lock of a stream beside the main runs: one run at a time there too. */
export function streamLock({ orchDir }: Layout, stream: Stream): HostPath {
  return hostPath(join(orchDir, `${stream}.lock`));
}

/** The files of one run. */
export interface RunPaths {
  readonly run: string;
  readonly directory: HostPath;
  /** The same, relative to the repository's root. */
  readonly relative: string;
  readonly journal: HostPath;
  readonly artifacts: HostPath;
  /** Which process the run belongs to, so that others can tell a run that is on from one that crashed. */
  readonly owner: HostPath;
}

export function runPathsIn(runs: HostPath, run: string): RunPaths {
  const directory = join(runs, run);
  return {
    run,
    directory: hostPath(directory),
    relative: `${RUNS}/${run}`,
    journal: hostPath(join(directory, 'events.jsonl')),
    artifacts: hostPath(join(directory, 'artifacts')),
    owner: hostPath(join(directory, 'owner.json')),
  };
}

/** `<leg>.log`. A leg id that is no plain file name is a bug of whoever made it, and throws. */
export function logFileName(leg: string): string {
  if (!LEG.test(leg) || leg.length > LEG_LENGTH)
    throw new Error(`not a leg id that can name a file: ${JSON.stringify(leg)}`);
  return `${leg}.log`;
}

/** Where the log of a leg is; undefined for an id that names no plain file, such as one in a journal that was tampered with. */
export function legLogPath(run: RunPaths, leg: string): HostPath | undefined {
  return LEG.test(leg) && leg.length <= LEG_LENGTH ? hostPath(join(run.directory, `${leg}.log`)) : undefined;
}
