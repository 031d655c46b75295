/**
 * What a run comes to for whoever improves the framework around it: failures by code, attempts, waits, warnings, what
 * was left. Plain JSON, bounded whatever the run was; texts are one line each, since tasks have chosen some of them.
 */
import type { RunResult } from './judge.ts';
import type { Standing } from './view.ts';

/** Times are ISO 8601 in UTC, spans milliseconds. */
export interface RunDigest {
  readonly run: string;
  readonly name: string;
  readonly file: string;
  readonly orch: string;
  readonly result: RunResult;
  /** Why it is no success, where that is not told by its tasks. */
  readonly reasons: readonly string[];
  readonly started?: string;
  readonly ended?: string;
  readonly duration: number;
  /** Events that the journal lacks. */
  readonly missing: number;
  /** Bytes of the journal that its copy lacks, in its midst. */
  readonly leftOut?: number;
  readonly counts: Readonly<Record<Standing, number>>;
  /** Of final attempts, most frequent first. */
  readonly failures: Some<FailureCount>;
  /** Tasks with more than one attempt. */
  readonly retries: Some<RetriedTask>;
  /** Attempts that a clock has ended. */
  readonly timeouts: Some<TaskNote>;
  /** The longest first. */
  readonly slowest: Some<{ readonly task: string; readonly duration: number }>;
  readonly waits: {
    /** Of all tasks together. */
    readonly slot: number;
    readonly groups: Some<{ readonly group: string; readonly tasks: number; readonly wait: number }>;
    readonly delays: number;
    /** The longest first, for whatever they waited. */
    readonly longest: Some<{ readonly task: string; readonly wait: number }>;
  };
  readonly warnings: Some<WarningCount>;
  readonly refusedHosts: Some<TaskNote>;
  /** What attempts had changed before the next one began from a clean tree. */
  readonly leftovers: Some<{ readonly task: string; readonly attempt: number; readonly commit: string }>;
  /** Processes that outlived their command. */
  readonly processes: Some<{ readonly task: string; readonly ended: number; readonly alive: number }>;
  readonly worktreesKept: number;
  readonly tasks: Some<TaskDigest>;
}

/** The first ones of a list, and how many there are. */
export interface Some<T> {
  readonly total: number;
  readonly shown: readonly T[];
}

export interface FailureCount {
  readonly code: string;
  readonly count: number;
  readonly tasks: readonly string[];
  /** What the first of them said. */
  readonly example: string;
}

export interface RetriedTask {
  readonly task: string;
  readonly standing: Standing;
  readonly attempts: number;
  /** Why each attempt but a good last one failed: codes. */
  readonly failures: readonly string[];
}

export interface WarningCount {
  readonly code: string;
  readonly count: number;
  readonly example: string;
}

export interface TaskNote {
  readonly task: string;
  readonly message: string;
}

export interface TaskDigest {
  readonly task: string;
  readonly standing: Standing;
  readonly duration?: number;
  /** Before it could begin. */
  readonly waited: number;
  readonly attempts: number;
  readonly failure?: string;
  readonly reason?: string;
  readonly log?: string;
}
