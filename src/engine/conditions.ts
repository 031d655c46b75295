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
import type { Plan, PlannedJob } from './plan.ts';
import { jobAt, type RunState } from './state.ts';

/** What the expressions of a job see before its legs are known. */
export function jobScope(plan: Plan, state: RunState, job: PlannedJob): Scope {
  const { github, inputs, vars } = plan.contexts;
  const needs = dataFromJson(needsOf(plan, state, job));
  return {
    contexts: { github: dataFromJson(github), inputs: dataFromJson(inputs), vars: dataFromJson(vars), needs },
    functions: {
      always: () => true,
      cancelled: () => state.closing === 'cancelled',
      success: (names) =>
        state.closing !== 'cancelled' && chosen(plan, state, job, names).every((index) => jobAt(state, index).sound),
      failure: (names) =>
        state.closing !== 'cancelled' && chosen(plan, state, job, names).some((index) => jobAt(state, index).broken),
    },
  };
}

export type Needs = Readonly<
  Record<string, { readonly result: JobResult; readonly outputs: Readonly<Record<string, string>> }>
>;

/** The `needs` context: direct needs alone, by their ids as declared. */
export function needsOf(plan: Plan, state: RunState, job: PlannedJob): Needs {
  return Object.fromEntries(
    job.needs.map((index) => {
      const { result, outputs } = jobAt(state, index);
      return [plan.jobs[index]?.job.id ?? '', { result: result ?? 'skipped', outputs }];
    }),
  );
}

/** Whether the condition holds, or what is wrong with it. */
export function judgeCondition(plan: Plan, state: RunState, job: PlannedJob): Result<boolean, string> {
  // By far the most common condition needs no expression.
  if (job.job.if === undefined) return ok(state.closing !== 'cancelled' && jobAt(state, job.index).sound);
  const value = evaluateCondition(job.job.if, jobScope(plan, state, job));
  return value.ok ? value : err(value.error.message);
}

/** `success('a', 'b')` asks about these jobs only; without names, about all needs. */
function chosen(plan: Plan, state: RunState, job: PlannedJob, names: readonly Data[]): readonly number[] {
  if (names.length === 0) return job.needs;
  return names.map((name) => plan.indexOf.get(dataToString(name).toLowerCase())).filter((index) => index !== undefined);
}
