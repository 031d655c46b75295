/** A workflow and a policy made ready to be scheduled: ids resolved to indexes, who waits for whom in both directions. */
import type { Job, Json, Workflow } from '../workflow/index.ts';
import { conditionText, usesStatusFunction } from '../workflow/index.ts';
import type { Policy } from './policy.ts';

export interface Plan {
  readonly jobs: readonly PlannedJob[];
  /** Lower-case job id to its index in `jobs`. */
  readonly indexOf: ReadonlyMap<string, number>;
  readonly policy: Policy;
  readonly contexts: PlanContexts;
}

/** What the expressions of jobs see beside `needs`, `matrix` and `strategy`. */
export interface PlanContexts {
  readonly github: Json;
  readonly inputs: Json;
  readonly vars: Json;
}

export interface PlannedJob {
  readonly job: Job;
  readonly index: number;
  readonly needs: readonly number[];
  readonly dependents: readonly number[];
  /** As written; empty means `success()`. */
  readonly condition: string;
  /** Its condition asks for work after a failure: such a job starts whatever `on_failure` says. */
  readonly outlivesFailure: boolean;
}

/** The workflow is known to be sound: ids unique, needs known, no cycle. Anything else is a bug of the caller. */
export function makePlan(workflow: Pick<Workflow, 'jobs'>, policy: Policy, contexts: PlanContexts): Plan {
  const indexOf = new Map(workflow.jobs.map((job, index) => [job.id.toLowerCase(), index]));
  const needs = workflow.jobs.map((job) => job.needs.map((id) => indexIn(indexOf, id)));
  const dependents: number[][] = workflow.jobs.map(() => []);
  for (const [index, list] of needs.entries()) for (const need of new Set(list)) dependents[need]?.push(index);
  const jobs = workflow.jobs.map((job, index): PlannedJob => {
    const condition = conditionText(job.if);
    return {
      job,
      index,
      needs: [...new Set(needs[index])],
      dependents: dependents[index] ?? [],
      condition,
      outlivesFailure: usesStatusFunction(condition, ['always', 'failure']),
    };
  });
  return { jobs, indexOf, policy, contexts };
}

function indexIn(indexOf: ReadonlyMap<string, number>, id: string): number {
  const index = indexOf.get(id.toLowerCase());
  if (index === undefined) throw new Error(`a plan was made with the unknown job ${id}`);
  return index;
}

export function plannedAt(plan: Plan, index: number): PlannedJob {
  const planned = plan.jobs[index];
  if (planned === undefined) throw new RangeError(`no job ${index} of ${plan.jobs.length}`);
  return planned;
}
