/** A job's `if`: the status functions over everything it stands on, and the contexts it may read. */
import { err, ok, type Result } from '../shared/result.ts';
import {
  type Data,
  dataFromJson,
  dataToString,
  evaluateCondition,
  type JobResult,
  type Scope,
} from '../workflow/index.ts';
import type { PlannedJob } from './planned-job.ts';
import { isCancelled, jobAt, plannedAt, type RunState } from './state.ts';

/** What the expressions of a job see before its legs are known. */
export function jobScope(state: RunState, job: PlannedJob): Scope {
  const { github, inputs, vars } = job.scope.contexts;
  const needs = dataFromJson(needsOf(state, job));
  return {
    contexts: { github: dataFromJson(github), inputs: dataFromJson(inputs), vars: dataFromJson(vars), needs },
    functions: {
      always: () => true,
      cancelled: () => isCancelled(state, job.scope),
      success: (names) =>
        !isCancelled(state, job.scope) && chosen(job, names).every((index) => jobAt(state, index).sound),
      failure: (names) =>
        !isCancelled(state, job.scope) && chosen(job, names).some((index) => jobAt(state, index).broken),
    },
  };
}

export type Needs = Readonly<
  Record<string, { readonly result: JobResult; readonly outputs: Readonly<Record<string, string>> }>
>;

/** The `needs` context: direct needs alone, by their ids as declared. */
export function needsOf(state: RunState, job: PlannedJob): Needs {
  return Object.fromEntries(
    job.needs.map((index) => {
      const { result, outputs } = jobAt(state, index);
      return [plannedAt(state, index).job.id, { result: result ?? 'skipped', outputs }];
    }),
  );
}

/** Whether the condition holds, or what is wrong with it. */
export function judgeCondition(state: RunState, job: PlannedJob): Result<boolean, string> {
  // By far the most common condition needs no expression.
  if (job.job.if === undefined) return ok(!isCancelled(state, job.scope) && jobAt(state, job.index).sound);
  const value = evaluateCondition(job.job.if, jobScope(state, job));
  return value.ok ? value : err(value.error.message);
}

/** `success('a', 'b')` asks about these jobs only; without names, about all needs. */
function chosen(job: PlannedJob, names: readonly Data[]): readonly number[] {
  if (names.length === 0) return job.needs;
  return names
    .map((name) => job.scope.indexOf.get(dataToString(name).toLowerCase()))
    .filter((index) => index !== undefined);
}
