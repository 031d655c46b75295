/**
 * What happened in a run: masked, plain JSON, numbered. The journal is a list of these, one a line, and every report
 * is a fold over it. Times are ISO 8601 in UTC, spans milliseconds, paths relative to the repository's root unless
 * they lie outside it. Output of jobs is not here; `log.closed` says where it is.
 */
import type { Failure } from '../shared/failure.ts';
import type { AttemptReport, TaskReport } from '../shared/verdict.ts';
import type { JobResult, JsonObject } from '../workflow/index.ts';

export interface EventHeader {
  /** 1, 2, 3 … without gaps. */
  readonly seq: number;
  readonly time: string;
}

export type RunEvent = EventHeader & RunEventBody;
export type RunEventBody = EngineEvent | RunnerEvent;

/** Events that change what the engine knows. */
export type EngineEvent =
  | RunStarted
  | JobExpanded
  | JobCalled
  | JobRequested
  | JobTimedOut
  | JobCancelRequested
  | JobSkipped
  | JobFinished
  | RunCancelling
  | RunFinished;

/** Events that only tell: the engine passes them on. */
export type RunnerEvent =
  | TaskPrepared
  | StepStarted
  | StepFinished
  | AttemptStarted
  | AttemptFinished
  | AttemptDelayed
  | VerifyStarted
  | LogClosed
  | AnnotationMade
  | StepSummary
  | Warning;

export type RunnerEventType = RunnerEvent['type'];

export interface RunStarted {
  readonly type: 'run.started';
  readonly run: string;
  readonly kind: 'tasks' | 'workflow';
  readonly name: string;
  readonly orch: string;
  readonly file: string;
  /** The commit that the jobs start from, and the ref or snapshot it came from. */
  readonly base?: { readonly commit: string; readonly ref: string; readonly uncommitted: boolean };
  readonly command: readonly string[];
  readonly host: { readonly node: string; readonly git: string; readonly platform: string; readonly cpus: number };
  readonly policy: { readonly maxParallel: number; readonly onFailure: string };
  /** The run whose successes may be reused. */
  readonly rerunOf?: string;
  readonly jobs: readonly JobDeclaration[];
}

export interface JobDeclaration {
  readonly id: string;
  readonly needs: readonly string[];
  readonly description?: string;
  /** sha256 over everything that decides what the job does; equal hashes and equal inputs may be reused. */
  readonly definition: string;
  /** What the job will have to show, for the summary's columns. */
  readonly checks?: readonly string[];
}

/** A job's legs became known; a job without a matrix has one leg, whose id is the job's. */
export interface JobExpanded {
  readonly type: 'job.expanded';
  readonly job: string;
  readonly legs: readonly Leg[];
  readonly failFast: boolean;
  readonly maxParallel?: number;
}

export interface Leg {
  /** Unique in the run: `job` or `job+leg`. */
  readonly id: string;
  /** What people see: `build (20, linux)`. */
  readonly name: string;
  readonly index: number;
  /** Null without a matrix. */
  readonly matrix: JsonObject | null;
  readonly continueOnError: boolean;
  readonly timeoutMinutes: number;
  /** Between the request to stop and the kill; 5 when absent. */
  readonly cancelTimeoutMinutes?: number;
  readonly concurrency?: Concurrency;
  /** That of the workflow which it calls, held as well. */
  readonly calleeConcurrency?: Concurrency;
  readonly runsOn?: RunsOn;
  /** Nobody here serves its `runs-on`: because it asks for another system, or for something unknown. */
  readonly unserved?: 'other-system' | 'unknown-label';
  readonly environment?: { readonly name: string; readonly deployment: boolean };
}

export interface Concurrency {
  readonly group: string;
  readonly queue: 'single' | 'max';
  readonly cancelInProgress: boolean;
}

export interface RunsOn {
  readonly labels: readonly string[];
  readonly group?: string;
}

/** A leg called a workflow: its jobs join the run. The leg itself holds no slot, and ends when they have. */
export interface JobCalled {
  readonly type: 'job.called';
  readonly job: string;
  readonly leg: string;
  /** The file that is called. */
  readonly file: string;
  readonly jobs: readonly CalledJob[];
}

export interface CalledJob {
  /** Unique in the run. */
  readonly id: string;
  /** `caller / callee`. */
  readonly name: string;
  readonly needs: readonly string[];
}

/** The engine decided to start a leg; it holds a slot from here on. */
export interface JobRequested {
  readonly type: 'job.requested';
  readonly job: string;
  readonly leg: string;
}

/** A running leg used up its job's `timeout-minutes`; it is cancelled for that. */
export interface JobTimedOut {
  readonly type: 'job.timed-out';
  readonly job: string;
  readonly leg: string;
  readonly minutes: number;
}

export interface JobCancelRequested {
  readonly type: 'job.cancel-requested';
  readonly job: string;
  readonly leg: string;
  readonly reason: CancelReason;
}

export type CancelReason = 'user' | 'timeout' | 'fail-fast' | 'on-failure' | 'concurrency' | 'journal-lost';

/** The job (or, with `leg`, one leg of it) will not run. */
export interface JobSkipped {
  readonly type: 'job.skipped';
  readonly job: string;
  readonly leg?: string;
  readonly reason: 'condition' | 'needs' | 'on-failure' | 'cancelled' | 'fail-fast' | 'concurrency' | 'unserved';
  /** `skipped`, or `cancelled` when a cancellation is why. */
  readonly result: 'skipped' | 'cancelled';
  /** One sentence for people, such as `api failed`. */
  readonly message: string;
}

export interface JobFinished {
  readonly type: 'job.finished';
  readonly job: string;
  readonly leg: string;
  /** Before and after `continue-on-error`, as GitHub has it for steps. */
  readonly outcome: JobResult;
  readonly conclusion: JobResult;
  readonly failure?: Failure;
  readonly outputs: Readonly<Record<string, string>>;
  /** From `job.requested` to here. */
  readonly duration: number;
  readonly task?: TaskReport;
  /** The run that this result was taken from. */
  readonly reusedFrom?: string;
}

export interface RunCancelling {
  readonly type: 'run.cancelling';
  readonly reason: CancelReason;
  readonly message: string;
}

export interface RunFinished {
  readonly type: 'run.finished';
  /** `incomplete`: nothing failed, but a job that counts was served by nobody. */
  readonly result: 'success' | 'failure' | 'cancelled' | 'incomplete';
  readonly exitCode: number;
  readonly duration: number;
  readonly totals: Readonly<Record<JobResult, number>>;
}

export interface TaskPrepared {
  readonly type: 'task.prepared';
  readonly job: string;
  readonly leg: string;
  readonly branch: string;
  readonly start: string;
  readonly worktree: string;
  /** The dependencies whose results were merged in, in order. */
  readonly from: readonly { readonly job: string; readonly commit: string }[];
}

export interface StepStarted {
  readonly type: 'step.started';
  readonly job: string;
  readonly leg: string;
  readonly step: number;
  readonly name: string;
}

export interface StepFinished {
  readonly type: 'step.finished';
  readonly job: string;
  readonly leg: string;
  readonly step: number;
  readonly outcome: JobResult;
  readonly conclusion: JobResult;
  readonly duration: number;
}

export interface AttemptStarted {
  readonly type: 'attempt.started';
  readonly job: string;
  readonly leg: string;
  /** 1-based, and how many there may be. */
  readonly attempt: number;
  readonly of: number;
}

export interface AttemptFinished extends AttemptReport {
  readonly type: 'attempt.finished';
  readonly job: string;
  readonly leg: string;
}

export interface AttemptDelayed {
  readonly type: 'attempt.delayed';
  readonly job: string;
  readonly leg: string;
  /** The attempt to come. */
  readonly attempt: number;
  readonly delay: number;
}

export interface VerifyStarted {
  readonly type: 'verify.started';
  readonly job: string;
  readonly leg: string;
  readonly attempt: number;
}

export interface LogClosed {
  readonly type: 'log.closed';
  readonly job: string;
  readonly leg: string;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a step tells people, at a place in a file where it has one. Lines and columns count from 1. */
export interface AnnotationMade {
  readonly type: 'annotation';
  readonly job: string;
  readonly leg: string;
  readonly step: number;
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly endColumn?: number;
}

/** Markdown that a step wrote for the run's summary; 1 MiB at most. */
export interface StepSummary {
  readonly type: 'step.summary';
  readonly job: string;
  readonly leg: string;
  readonly step: number;
  readonly markdown: string;
}

export interface Warning {
  readonly type: 'warning';
  readonly job?: string;
  readonly leg?: string;
  /** Kebab-case, such as `config-changed`. */
  readonly code: string;
  readonly message: string;
}
