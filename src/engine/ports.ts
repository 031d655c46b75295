/** What the engine needs from the world: a clock to stamp events with, somebody to run jobs, somewhere to tell. */
import type { Failure } from '../shared/failure.ts';
import type { TaskReport } from '../shared/verdict.ts';
import type { ResolvedWorkflow } from '../workflow/calls/index.ts';
import type { JobResult, Json, Permissions, StepsJob } from '../workflow/index.ts';
import type { CancelReason, RunEvent } from './events.ts';
import type { Leg } from './legs.ts';
import type { ConcurrencyGroups } from './memberships.ts';
import type { GoOn, JobPaused } from './pause-events.ts';
import type { RunnerEvent } from './runner-events.ts';

export interface EnginePorts {
  readonly clock: EngineClock;
  readonly runner: JobRunner;
  /** Concurrency groups that other runs share; without them each run has its own. */
  readonly groups?: ConcurrencyGroups;
  /** Told of each event in order. One that throws is reported once and dropped, unless it is `vital`. */
  readonly sinks: readonly EventSink[];
}

export interface EngineClock {
  /** ISO 8601, UTC. */
  readonly time: () => string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Calls once after `milliseconds`; returns how to call it off. */
  readonly after: (milliseconds: number, call: () => void) => () => void;
}

export interface EventSink {
  readonly name: string;
  /** When this sink fails the run cannot be trusted any more and is cancelled: the journal. */
  readonly vital?: boolean;
  event(event: RunEvent): void;
}

export interface JobRunner {
  /** Runs one leg to its end, or to where it stands still. Resolves in every case; a rejection is a bug or a machine that failed, and fails the leg. */
  run(request: JobRequest, emit: (event: RunnerEvent) => void, signal: AbortSignal): Promise<JobOutcome | PausedJob>;
}

export interface JobRequest {
  readonly job: StepsJob;
  readonly leg: Leg;
  readonly strategy: {
    readonly failFast: boolean;
    readonly jobIndex: number;
    readonly jobTotal: number;
    readonly maxParallel: number;
  };
  /** The direct needs, by id as declared. */
  readonly needs: Readonly<
    Record<string, { readonly result: JobResult; readonly outputs: Readonly<Record<string, string>> }>
  >;
  /** What its token may do; undefined when neither the job nor anything above it says. */
  readonly permissions?: Permissions;
  /** It was paused, and this is how it goes on. */
  readonly goOn?: GoOn;
  /** It had begun in a process that is gone, and begins anew: there is a log, and what that one left of its files. */
  readonly begunBefore?: true;
  /** Absent when the job belongs to the workflow that is run. */
  readonly called?: CalledWorkflow;
}

/** The called workflow that a job belongs to, and what its caller gave it. */
export interface CalledWorkflow extends Pick<ResolvedWorkflow, 'workflow' | 'file' | 'origin'> {
  /** The leg that called. */
  readonly caller: string;
  readonly inputs: Json;
  /** All that its `secrets` context holds. They may be new texts, which no masker knows yet. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface JobOutcome {
  readonly result: Exclude<JobResult, 'skipped'>;
  readonly failure?: Failure;
  readonly outputs: Readonly<Record<string, string>>;
  /** Of the job's environment. */
  readonly environmentUrl?: string;
  readonly task?: TaskReport;
  readonly reusedFrom?: string;
}

/** The leg stands still at a step that failed; the same runner, or one that finds what it left, can go on with it. */
export interface PausedJob extends Pick<JobPaused, 'step' | 'failure' | 'workspace' | 'enter'> {
  readonly result: 'paused';
}

/** What an AbortSignal of a job is aborted with. */
export interface Cancellation {
  readonly reason: CancelReason;
  /** One sentence for people. */
  readonly message: string;
}
