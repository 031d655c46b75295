/** What a run looks like when its events are read: the one shape that every report and display is made from. */
import type {
  AnnotationMade,
  ArtifactStored,
  CancelReason,
  JobPaused,
  JobSkipped,
  RunFinished,
  RunStarted,
} from '../engine/index.ts';
import type { Failure } from '../shared/failure.ts';
import type { AttemptReport, ReviewReport, TaskReport } from '../shared/verdict.ts';

export interface RunView {
  /** Absent when the record lacks its beginning. */
  readonly started?: RunHeader;
  /** Time of the first and of the last event, ISO 8601 in UTC. */
  readonly firstTime?: string;
  readonly lastTime?: string;
  /** Absent while the run goes on, and for ever when it crashed. */
  readonly finished?: Pick<RunFinished, 'result' | 'exitCode' | 'totals'>;
  /** Milliseconds: as the run said, else between the first and the last event. */
  readonly duration: number;
  readonly cancelling?: { readonly reason: CancelReason; readonly message: string };
  /** What no job can start without, as a sentence: a concurrency group that another run has. */
  readonly waitsFor?: string;
  /** Events that the numbering says there were and the record does not hold. */
  readonly missing: number;
  /** In declared order, the legs of a job by index. A leg that calls a workflow is left out for the jobs of that workflow. A job that is not expanded yet has one leg with its own id. */
  readonly legs: readonly LegView[];
  readonly counts: Readonly<Record<Standing, number>>;
  readonly warnings: readonly WarningView[];
  /** What steps told people, in order. */
  readonly annotations: readonly AnnotationView[];
  /** What steps have uploaded and nobody has deleted, in order. */
  readonly artifacts: readonly ArtifactView[];
  /** Markdown that steps wrote. */
  readonly summaries: readonly { readonly leg: string; readonly markdown: string }[];
}

export type RunHeader = Omit<RunStarted, 'type' | 'jobs'>;

export interface LegView {
  readonly id: string;
  readonly job: string;
  /** What people see: `build (20, linux)`. */
  readonly name: string;
  readonly needs: readonly string[];
  /** It calls a workflow: what that one's jobs come to is told by themselves. */
  readonly called?: boolean;
  /** The jobs that called the workflow that it belongs to, outermost first. */
  readonly callers?: readonly string[];
  readonly description?: string;
  /** What the job has to show. */
  readonly checks: readonly string[];
  /** What it did counts once another job has taken it over. */
  readonly provisional?: boolean;
  readonly continueOnError: boolean;
  readonly standing: Standing;
  readonly phase: Phase;
  readonly requestedAt?: string;
  readonly endedAt?: string;
  /** Milliseconds; absent until the leg is over. */
  readonly duration?: number;
  /** The attempt under way or last made, 1-based, and how many there may be. */
  readonly attempt?: { readonly number: number; readonly of: number };
  /** The attempts that are over, in order. */
  readonly attempts: readonly AttemptReport[];
  /** The delay before the attempt to come, in milliseconds. */
  readonly delay?: number;
  readonly step?: string;
  /** The concurrency group that it waits for, as a sentence. */
  readonly waitsFor?: string;
  /** Why it had to make way in its concurrency group. */
  readonly displaced?: string;
  /** The step of a workflow's job that it failed for. */
  readonly failedStep?: FailedStep;
  readonly conclusion?: RunFinishedResult;
  readonly failure?: Failure;
  /** It stands still at a step that failed, and waits for somebody. */
  readonly paused?: Pick<JobPaused, 'step' | 'failure' | 'workspace' | 'enter'>;
  /** Where it stood before it went on, until it is over: there it stands again should its process be lost. */
  readonly stood?: Pick<JobPaused, 'step' | 'failure' | 'workspace' | 'enter'>;
  /** The steps that failed and were done again because somebody said so, in order. */
  readonly retried?: readonly string[];
  readonly skipped?: Pick<JobSkipped, 'reason' | 'message'>;
  /** The minutes of `timeout-minutes` that it used up. */
  readonly timedOut?: number;
  readonly cancelRequested?: CancelReason;
  readonly prepared?: { readonly branch: string; readonly start: string; readonly worktree: string };
  readonly task?: TaskReport;
  /** It succeeded with all of its steps skipped: a round of reviews that nothing was left for. */
  readonly unneeded?: boolean;
  /** What the last review of its work came to; of a reviewer's job, what it came to itself. */
  readonly review?: ReviewReport;
  readonly log?: { readonly path: string; readonly bytes: number; readonly sha256: string };
  /** The run that the result was taken from. */
  readonly reusedFrom?: string;
  readonly environment?: { readonly name: string; readonly url?: string };
}

export interface FailedStep {
  /** As its events number it. */
  readonly number: number;
  readonly name: string;
  /** Milliseconds. */
  readonly duration: number;
  /** The last that it printed. */
  readonly lastLines: readonly string[];
}

type RunFinishedResult = keyof RunFinished['totals'];

/** How a leg stands. `tolerated`: it failed, and `continue_on_error` lets it. `awaiting`: nobody has approved it yet. */
export type Standing =
  | 'failed'
  | 'tolerated'
  | 'cancelled'
  | 'paused'
  | 'running'
  | 'waiting'
  | 'awaiting'
  | 'skipped'
  | 'reused'
  | 'succeeded';

/** What a leg is doing. `ended` covers every way to be over, never started included. */
export type Phase = 'waiting' | 'starting' | 'running' | 'verifying' | 'delayed' | 'paused' | 'cancelling' | 'ended';

export type AnnotationView = Pick<AnnotationMade, 'leg' | 'level' | 'message' | 'title' | 'file' | 'line'>;

export type ArtifactView = Pick<ArtifactStored, 'leg' | 'id' | 'name' | 'path' | 'bytes' | 'sha256' | 'mime'>;

export interface WarningView {
  readonly leg?: string;
  readonly code: string;
  readonly message: string;
}
