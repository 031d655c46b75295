/** The plan of a workflow as people look at it, before anything runs: its jobs, and those of the workflows that it calls. */
import { type Leg, makePlan, type Plan, type PlannedJob, previewJob, questionLabels } from '../../engine/index.ts';
import type { WorkflowPlan, WorkflowPlanJob, WorkflowPlanLeg } from '../../ui/index.ts';
import type { ResolvedWorkflow } from '../../workflow/calls/index.ts';
import type { Prepared } from './prepare.ts';
import { workflowName } from './run-title.ts';

export function workflowPlanOf({ file, title, event, tree }: Prepared, plan: Plan): WorkflowPlan {
  return {
    name: workflowName(file),
    title,
    file: file.path,
    event: event.name,
    ref: event.ref,
    uncommitted: event.sha === tree.commit ? tree.changed : 0,
    maxParallel: plan.policy.maxParallel,
    jobs: jobsOf(plan, ''),
  };
}

/** `path`: the ids of the callers, each with a dot behind it. */
function jobsOf(plan: Plan, path: string): readonly WorkflowPlanJob[] {
  return plan.jobs.flatMap((planned) => {
    const { job, callee } = planned;
    const id = `${path}${job.id}`;
    const own: WorkflowPlanJob = {
      id,
      needs: job.needs.map((need) => `${path}${need}`),
      ...(planned.condition === '' ? {} : { if: planned.condition }),
      ...(job.kind === 'call' ? { calls: job.uses.value } : { steps: job.steps.length }),
      ...(job.strategy?.matrix === undefined ? {} : { matrix: true }),
      ...legsOf(plan, planned, path === '' ? [] : ['inputs', 'secrets']),
    };
    if (callee === undefined) return [own];
    // Those that begin wait for what their caller waits for.
    const called = jobsOf(planOfCallee(plan, callee), `${id}.`);
    return [own, ...called.map((one) => (one.needs.length > 0 ? one : { ...one, needs: [id] }))];
  });
}

/** What the caller gives is known when it calls: the inputs are empty here. */
function planOfCallee(plan: Plan, { workflow, callees }: ResolvedWorkflow): Plan {
  return makePlan(workflow, plan.policy, { ...plan.contexts, inputs: {} }, callees);
}

function legsOf(plan: Plan, planned: PlannedJob, open: readonly string[]): Pick<WorkflowPlanJob, 'legs' | 'unknown'> {
  const expanded = previewJob(plan, planned, open);
  if (!expanded.ok) return { legs: [], unknown: expanded.error };
  return { legs: expanded.value.legs.map(legOf) };
}

function questionOf(runsOn: Leg['runsOn']): Pick<WorkflowPlanLeg, 'question'> {
  const question = runsOn === undefined ? undefined : questionLabels(runsOn);
  return question === undefined ? {} : { question };
}

function legOf({ id, name, runsOn, unserved, environment, concurrency }: Leg): WorkflowPlanLeg {
  return {
    id,
    name,
    runsOn: runsOn?.labels ?? [],
    ...(unserved === undefined ? {} : { unserved, ...questionOf(runsOn) }),
    ...(environment === undefined ? {} : { environment: environment.name }),
    ...(concurrency === undefined ? {} : { concurrency: concurrency.group }),
  };
}
