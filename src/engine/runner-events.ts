/** What the runner tells while a leg runs. The engine passes it on and makes nothing of it. */
import type { AttemptReport } from '../shared/verdict.ts';
import type { JobResult } from '../workflow/index.ts';

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
  | ArtifactStored
  | ArtifactDeleted
  | Warning;

export type RunnerEventType = RunnerEvent['type'];

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
  /** It goes on beside the steps behind it. */
  readonly background?: true;
}

export interface StepFinished {
  readonly type: 'step.finished';
  readonly job: string;
  readonly leg: string;
  readonly step: number;
  readonly outcome: JobResult;
  readonly conclusion: JobResult;
  readonly duration: number;
  /** The last that a step of a workflow printed before it failed: a few lines, fit to be shown. */
  readonly lastLines?: readonly string[];
  readonly background?: true;
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

/** A step of a workflow uploaded something for other jobs and for people. */
export interface ArtifactStored {
  readonly type: 'artifact.stored';
  readonly job: string;
  readonly leg: string;
  /** 1, 2, 3 … in the run. */
  readonly id: number;
  readonly name: string;
  /** Of the file that holds it, relative to the repository's root. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** `application/zip`, or that of the one file it is. */
  readonly mime: string;
}

/** A step deleted one, which need not be of its own job. */
export interface ArtifactDeleted {
  readonly type: 'artifact.deleted';
  readonly job: string;
  readonly leg: string;
  readonly id: number;
  readonly name: string;
}

export interface Warning {
  readonly type: 'warning';
  readonly job?: string;
  readonly leg?: string;
  /** Kebab-case, such as `config-changed`. */
  readonly code: string;
  readonly message: string;
}
