/** What the legs of a job come to together. */
import type { JobResult } from '../workflow/index.ts';
import type { LegState } from './state.ts';

/** Failure if any failed, else cancelled if any was, else skipped if all were, else success. */
export function aggregate(legs: readonly LegState[]): JobResult {
  const result = aggregateResults(legs.map((leg) => leg.conclusion));
  // What nobody served was not done: who needs it does not start, though the other legs succeeded.
  return result === 'success' && legs.some(({ leg }) => leg.unserved !== undefined) ? 'skipped' : result;
}

/** The same of jobs. */
export function aggregateResults(all: readonly (JobResult | undefined)[]): JobResult {
  if (all.includes('failure')) return 'failure';
  if (all.includes('cancelled')) return 'cancelled';
  return all.every((conclusion) => conclusion === 'skipped') ? 'skipped' : 'success';
}

/** The last leg to finish wins; an empty value does not take away another leg's. */
export function mergeOutputs(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const merged = new Map(Object.entries(before));
  for (const [name, value] of Object.entries(after)) if (value !== '') merged.set(name, value);
  return Object.fromEntries(merged);
}
