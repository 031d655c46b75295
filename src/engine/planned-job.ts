/** A job with its place in the run: its workflow there, and its needs and dependents as indexes. */
import type { ResolvedWorkflow } from '../workflow/calls/index.ts';
import {
  conditionText,
  type Job,
  type Permissions,
  readPermissions,
  usesStatusFunction,
  type Workflow,
} from '../workflow/index.ts';
import type { PlanContexts } from './plan-contexts.ts';

/** One workflow of the run: the one that is run, or one that a leg calls. Each call makes one of its own. */
export interface WorkflowScope {
  /** The id of the calling leg; '' for the workflow that is run. */
  readonly path: string;
  /** Index of its first job; the others follow. */
  readonly first: number;
  /** Lower-case job id, as written, to the index in the run. */
  readonly indexOf: ReadonlyMap<string, number>;
  /** With the inputs and secrets that its caller gives. */
  readonly contexts: PlanContexts;
  readonly call?: Call;
}

/** A call under way. */
export interface Call {
  /** Where the calling leg is. */
  readonly job: number;
  readonly leg: number;
  /** The name of the calling leg, for people. */
  readonly name: string;
  readonly callee: ResolvedWorkflow;
}

export interface PlannedJob {
  readonly job: Job;
  /** Unique in the run: the job's own, behind the id of the leg that calls its workflow: `deploy+eu.build`. */
  readonly id: string;
  readonly scope: WorkflowScope;
  readonly index: number;
  readonly needs: readonly number[];
  readonly dependents: readonly number[];
  /** As written; empty means `success()`. */
  readonly condition: string;
  /** Its condition, or its caller's, asks for work after a failure: it starts whatever `on_failure` says. */
  readonly outlivesFailure: boolean;
  /** What it calls. */
  readonly callee?: ResolvedWorkflow;
  /** What its token may do; undefined when nobody says. */
  readonly permissions?: Permissions;
}

interface Source {
  readonly workflow: Pick<Workflow, 'jobs' | 'permissions'>;
  readonly callees: ResolvedWorkflow['callees'];
}

/** The jobs of one workflow, numbered from `scope.first` on. */
export function planJobs({ workflow, callees }: Source, scope: WorkflowScope, caller?: PlannedJob): PlannedJob[] {
  const { jobs } = workflow;
  const allowed = readPermissions(workflow.permissions) ?? caller?.permissions;
  const needs = jobs.map((job) => [...new Set(job.needs.map((id) => indexIn(scope, id)))]);
  const dependents: number[][] = jobs.map(() => []);
  for (const [index, list] of needs.entries()) {
    for (const need of list) dependents[need - scope.first]?.push(scope.first + index);
  }
  return jobs.map((job, index): PlannedJob => {
    const condition = conditionText(job.if);
    const permissions = readPermissions(job.permissions) ?? allowed;
    return {
      job,
      id: scope.path === '' ? job.id : `${scope.path}.${job.id}`,
      scope,
      index: scope.first + index,
      needs: needs[index] ?? [],
      dependents: dependents[index] ?? [],
      condition,
      outlivesFailure: caller?.outlivesFailure === true || usesStatusFunction(condition, ['always', 'failure']),
      ...(permissions === undefined ? {} : { permissions }),
      ...(job.kind === 'call' ? { callee: calleeIn(callees, job.id) } : {}),
    };
  });
}

function indexIn(scope: WorkflowScope, id: string): number {
  const index = scope.indexOf.get(id.toLowerCase());
  if (index === undefined) throw new Error(`a plan was made with the unknown job ${id}`);
  return index;
}

function calleeIn(callees: ResolvedWorkflow['callees'], id: string): ResolvedWorkflow {
  const callee = callees.get(id);
  if (callee === undefined) throw new Error(`a plan was made without the workflow that ${id} calls`);
  return callee;
}
