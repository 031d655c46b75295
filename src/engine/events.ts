/**
 * What happened in a run: masked, plain JSON, numbered. The journal is a list of these, one a line, and every report
 * is a fold over it. Times are ISO 8601 in UTC, spans milliseconds, paths relative to the repository's root unless
 * they lie outside it. Output of jobs is not here; `log.closed` says where it is.
 */
import type { Failure } from '../shared/failure.ts';
import type { TaskReport } from '../shared/verdict.ts';
import type { JobResult } from '../workflow/index.ts';
import type { Leg } from './legs.ts';
import type { JobPaused, JobResumed, RunResumed } from './pause-events.ts';
import type { RunnerEvent } from './runner-events.ts';

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
  | JobWaiting
  | JobAdmitted
  | JobDisplaced
  | JobRequested
  | JobPaused
  | JobResumed
  | JobTimedOut
  | JobCancelRequested
  | JobSkipped
  | JobFinished
  | RunWaiting
  | RunAdmitted
  | RunCancelling
  | RunFinished
  | RunResumed;

export interface RunStarted {
  readonly type: 'run.started';
  readonly run: string;
  readonly kind: 'tasks' | 'workflow';
  readonly name: string;
  /** Beside the main runs; absent for these and for workflows. */
  readonly stream?: Stream;
  /** The run that a framework review is about. */
  readonly reviewOf?: string;
  /** What this run of a workflow is called, by its `run-name` or by what it is about. */
  readonly title?: string;
  readonly orch: string;
  readonly file: string;
  readonly base?: RunBase;
  readonly command: readonly string[];
  readonly host: { readonly node: string; readonly git: string; readonly platform: string; readonly cpus: number };
  readonly policy: { readonly maxParallel: number; readonly onFailure: string };
  /** What a rerun has to be told again, as words of a command line: the file and options. */
  readonly rerunWith?: readonly string[];
  /** The run whose successes may be reused. */
  readonly rerunOf?: string;
  /** Who has approved what it goes on from. `run` proposed it; `at` is ISO 8601, UTC. */
  readonly approval?: { readonly run: string; readonly by: string; readonly at: string; readonly note?: string };
  readonly jobs: readonly JobDeclaration[];
}

/** A line of runs of an orchestrator.yaml beside the main ones, with a lock of its own. */
export type Stream = 'framework-review';

/** The commit that the jobs start from, and the ref or snapshot it came from. */
export interface RunBase {
  readonly commit: string;
  readonly ref: string;
  readonly uncommitted: boolean;
  /** How many files a snapshot has otherwise than HEAD. */
  readonly changed?: number;
}

export interface JobDeclaration {
  readonly id: string;
  readonly needs: readonly string[];
  readonly description?: string;
  /** sha256 over everything that decides what the job does; equal hashes and equal inputs may be reused. */
  readonly definition: string;
  /** What the job will have to show, for the summary's columns. */
  readonly checks?: readonly string[];
  /** What it does counts once another job has taken it over, and not before. */
  readonly provisional?: boolean;
}

/** A job's legs became known; a job without a matrix has one leg, whose id is the job's. */
export interface JobExpanded {
  readonly type: 'job.expanded';
  readonly job: string;
  readonly legs: readonly Leg[];
  readonly failFast: boolean;
  readonly maxParallel?: number;
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

/** A leg waits for a concurrency group. */
export interface JobWaiting extends RunWaitingFor {
  readonly type: 'job.waiting';
  readonly job: string;
  readonly leg: string;
}

interface RunWaitingFor {
  readonly group: string;
  /** The run that has it. */
  readonly holder: string;
  /** One sentence for people. */
  readonly message: string;
}

/** A leg holds a concurrency group from here on, until it has ended. */
export interface JobAdmitted {
  readonly type: 'job.admitted';
  readonly job: string;
  readonly leg: string;
  readonly group: string;
}

/** A leg has to make way for another in a concurrency group, whether it waited, held it or was turned away. */
export interface JobDisplaced {
  readonly type: 'job.displaced';
  readonly job: string;
  readonly leg: string;
  readonly group: string;
  /** One sentence for people. */
  readonly message: string;
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
  readonly reason:
    | 'condition'
    | 'needs'
    | 'on-failure'
    | 'cancelled'
    | 'fail-fast'
    | 'concurrency'
    | 'unserved'
    | 'approval';
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
  /** What the job says that its environment is reached by. */
  readonly environmentUrl?: string;
  readonly task?: TaskReport;
  /** The run that this result was taken from. */
  readonly reusedFrom?: string;
}

/** The run as a whole waits for a concurrency group: no job starts before it has it. */
export interface RunWaiting extends RunWaitingFor {
  readonly type: 'run.waiting';
}

export interface RunAdmitted {
  readonly type: 'run.admitted';
  readonly group: string;
}

export interface RunCancelling {
  readonly type: 'run.cancelling';
  readonly reason: CancelReason;
  readonly message: string;
}

export interface RunFinished {
  readonly type: 'run.finished';
  /**
   * `incomplete`: nothing failed, but a job that counts was served by nobody. `paused`: legs wait for somebody, and
   * `run.resumed` may follow.
   */
  readonly result: 'success' | 'failure' | 'cancelled' | 'incomplete' | 'paused';
  readonly exitCode: number;
  readonly duration: number;
  readonly totals: Readonly<Record<JobResult, number>>;
}
