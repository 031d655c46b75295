/** What a job's legs will be, as far as that can be told before anything has run. */
import { err, type Result } from '../shared/result.ts';
import type { Job } from '../workflow/index.ts';
import type { JobExpanded } from './events.ts';
import { expandJob } from './expand.ts';
import type { Plan } from './plan.ts';
import type { PlannedJob } from './planned-job.ts';
import { initialState } from './state.ts';

/**
 * The error is a sentence: why it is not known yet, or what is wrong with an expression. `open`: contexts beside
 * `needs` whose values come later, such as the inputs of a workflow that is not called yet.
 */
export function previewJob(plan: Plan, planned: PlannedJob, open: readonly string[] = []): Result<JobExpanded, string> {
  if (asksFor(planned.job, ['needs'])) return err('known when what it needs has run');
  if (asksFor(planned.job, open)) return err('known when it is called');
  return expandJob(plan, initialState(plan), planned);
}

/** Of the keys that are read when a job is expanded. */
function asksFor(job: Job, contexts: readonly string[]): boolean {
  if (contexts.length === 0) return false;
  const { name, strategy, concurrency } = job;
  const own =
    job.kind === 'steps' ? [job.runsOn, job.environment, job.timeoutMinutes, job.continueOnError] : [job.with];
  const pattern = new RegExp(`\\$\\{\\{(?:(?!\\}\\}).)*\\b(?:${contexts.join('|')})\\b`, 'is');
  return pattern.test(JSON.stringify([name, strategy, concurrency, ...own]));
}
