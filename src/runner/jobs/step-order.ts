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

/** Once cancelled a job stays so; else one failed conclusion fails it. */
export function stepDone(order: StepOrder, id: string | undefined, record: StepRecord): StepOrder {
  const results = id === undefined ? order.results : new Map(order.results).set(id, record);
  return { next: order.next + 1, status: merge(order.status, record.conclusion), results };
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

function merge(status: JobStatus, conclusion: JobResult): JobStatus {
  if (status === 'cancelled' || conclusion === 'cancelled') return 'cancelled';
  return conclusion === 'failure' ? 'failure' : status;
}
