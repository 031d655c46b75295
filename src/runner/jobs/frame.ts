/** What a job has to itself while it runs: a log, and somebody for each kind of step. */
import type { JobRequest, RunnerEvent } from '../../engine/index.ts';
import type { Failure } from '../../shared/failure.ts';
import type { ActionStep } from '../../workflow/index.ts';
import type { StepHandler } from '../steps/index.ts';

export interface JobFrame {
  /** Undefined when nobody here can run such a step. */
  handlerFor(step: ActionStep): StepHandler | undefined;
  /** A line of orch's own in the job's log. */
  note(line: string): void;
  /** Aborted when the job cannot go on, such as when its log cannot be written. */
  readonly lost: AbortSignal;
  /** Closes what the job had open; says where its log is. */
  close(): Promise<Closed>;
}

export interface Closed {
  readonly log: { readonly path: string; readonly bytes: number; readonly sha256: string };
  /** Why what the job left is not whole. */
  readonly failure?: Failure;
}

export type OpenFrame = (request: JobRequest, emit: (event: RunnerEvent) => void) => Promise<JobFrame>;
