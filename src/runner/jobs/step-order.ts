/** The order of a job's steps as a small machine of its own: pure, told of results and of a cancellation. */
import type { JobResult } from '../../workflow/index.ts';

export type JobStatus = 'success' | 'failure' | 'cancelled';

export interface StepOrder {
  /** Index of the step that comes next. */
  readonly next: number;
  readonly status: JobStatus;
  /** By step id; steps without one leave nothing. */
  readonly results: ReadonlyMap<string, StepRecord>;
}

export interface StepRecord {
  /** Before and after `continue-on-error`. */
  readonly outcome: JobResult;
  readonly conclusion: JobResult;
  readonly outputs: Readonly<Record<string, string>>;
}

export function firstStep(): StepOrder {
  return { next: 0, status: 'success', results: new Map() };
}

/** A step in the background took its turn: the next one comes, and nothing is known of it yet. */
export function stepStarted(order: StepOrder): StepOrder {
  return { ...order, next: order.next + 1 };
}

/** What a step in the background came to is known from here on. Whether it counts for the job, its wait says. */
export function stepJoined(order: StepOrder, id: string | undefined, record: StepRecord): StepOrder {
  if (id === undefined) return order;
  const { outcome, conclusion, outputs } = record;
  return { ...order, results: new Map(order.results).set(id, { outcome, conclusion, outputs }) };
}

/** Once cancelled a job stays so; else one failed conclusion fails it. */
export function stepDone(order: StepOrder, id: string | undefined, record: StepRecord): StepOrder {
  return { ...stepStarted(stepJoined(order, id, record)), status: merge(order.status, record.conclusion) };
}

/** A stage of an action counts for the job and is no step of it. */
export function stageDone(order: StepOrder, conclusion: JobResult): StepOrder {
  return { ...order, status: merge(order.status, conclusion) };
}

export function jobFailed(order: StepOrder): StepOrder {
  return stageDone(order, 'failure');
}

export function jobCancelled(order: StepOrder): StepOrder {
  return { ...order, status: 'cancelled' };
}

/** A step that was cancelled without its job, as one in the background can be, does not cancel the job. */
function merge(status: JobStatus, conclusion: JobResult): JobStatus {
  return status !== 'cancelled' && conclusion === 'failure' ? 'failure' : status;
}
