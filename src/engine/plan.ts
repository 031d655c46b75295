/** A workflow and a policy made ready to be scheduled: ids resolved to indexes, who waits for whom in both directions. */
import type { ResolvedWorkflow } from '../workflow/calls/index.ts';
import type { Workflow } from '../workflow/index.ts';
import type { PlanContexts } from './plan-contexts.ts';
import { type PlannedJob, planJobs, type WorkflowScope } from './planned-job.ts';
import type { Policy } from './policy.ts';

export interface Plan {
  /** Those of the workflow that is run; what it calls joins the state when it is called. */
  readonly jobs: readonly PlannedJob[];
  readonly scope: WorkflowScope;
  readonly policy: Policy;
  readonly contexts: PlanContexts;
}

/**
 * The workflow is known to be sound: ids unique, needs known, no cycle, every call among `callees` (by the id of the
 * calling job). Anything else is a bug of the caller.
 */
export function makePlan(
  workflow: Pick<Workflow, 'jobs' | 'permissions'>,
  policy: Policy,
  contexts: PlanContexts,
  callees: ResolvedWorkflow['callees'] = new Map(),
): Plan {
  const indexOf = new Map(workflow.jobs.map((job, index) => [job.id.toLowerCase(), index]));
  const scope: WorkflowScope = { path: '', first: 0, indexOf, contexts };
  return { jobs: planJobs({ workflow, callees }, scope), scope, policy, contexts };
}
