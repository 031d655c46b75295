/** Calls of reusable workflows: the jobs that join the run, and what the call comes to when they have ended. */
import { type JobResult, readCallDefinitions } from '../workflow/index.ts';
import { readCallOutputs, readCallValues } from './call-values.ts';
import type { CalledJob, JobCalled } from './events.ts';
import { legScope } from './leg-scope.ts';
import { type PlannedJob, planJobs, type WorkflowScope } from './planned-job.ts';
import type { JobOutcome } from './ports.ts';
import { dequeued, enqueued } from './queue.ts';
import { aggregateResults } from './results.ts';
import { initialJob, jobAt, type LegRef, legAt, plannedAt, type RunState, withLeg } from './state.ts';
import { extended } from './vector.ts';

/** Above this, ids made of ids would not fit the names of files. */
const MAX_PATH = 100;

/** The event that says which jobs join. */
export function callOf(state: RunState, ref: LegRef): JobCalled {
  const jobs = jobsOf(state, ref);
  const { id, callee } = plannedAt(state, ref.job);
  const called = jobs.map((job): CalledJob => {
    const needs = job.needs.map((need) => jobs[need - job.scope.first]?.id ?? '');
    return { id: job.id, name: nameInCall(job.job.id, job.scope), needs };
  });
  return { type: 'job.called', job: id, leg: legAt(state, ref).leg.id, file: callee?.file ?? '', jobs: called };
}

/** `caller / callee`. */
export function nameInCall(name: string, scope: WorkflowScope): string {
  return scope.call === undefined ? name : `${scope.call.name} / ${name}`;
}

/** The state with the jobs of the workflow that the leg calls. */
export function openCall(state: RunState, ref: LegRef): RunState {
  const jobs = jobsOf(state, ref);
  const [first] = jobs;
  if (first === undefined) throw new Error(`the workflow that ${plannedAt(state, ref.job).id} calls has no jobs`);
  const { scope } = first;
  const called = { scope, jobs: jobs.length, open: jobs.length };
  const next = withLeg(state, ref, { phase: 'running', called });
  return {
    ...next,
    callable: dequeued(next.callable),
    jobs: extended(next.jobs, jobs.map(initialJob)),
    scopes: new Map(next.scopes).set(scope.path, scope),
    toExpand: jobs.reduce((queue, job) => (job.needs.length === 0 ? enqueued(queue, job.index) : queue), next.toExpand),
  };
}

/** Unlike a job that runs, a call may come to nothing but skipped jobs. */
export type CallOutcome = Omit<JobOutcome, 'result'> & { readonly result: JobResult };

/** The worst of its jobs; what comes out may be wrong even so. */
export function outcomeOfCall(state: RunState, ref: LegRef): CallOutcome {
  const { called } = legAt(state, ref);
  const { callee, id } = plannedAt(state, ref.job);
  if (called === undefined || callee === undefined) throw new Error(`${id} returns from no call`);
  const results = Array.from({ length: called.jobs }, (_, offset) => jobAt(state, called.scope.first + offset).result);
  const result = aggregateResults(results);
  const outputs = readCallOutputs(state, called, readCallDefinitions(callee.workflow.on)?.outputs ?? []);
  if (outputs.ok) return { result, outputs: outputs.value };
  return { result: 'failure', failure: { code: 'expression', message: outputs.error }, outputs: {} };
}

function jobsOf(state: RunState, ref: LegRef): readonly PlannedJob[] {
  const planned = plannedAt(state, ref.job);
  const { leg } = legAt(state, ref);
  const values = readCallValues(planned, legScope(state, ref));
  // They were looked at when the leg came to be.
  if (!values.ok || planned.callee === undefined)
    throw new Error(`${leg.id} cannot call: ${values.ok || values.error}`);
  const { callee } = planned;
  const { inputs, secrets } = values.value;
  const first = state.jobs.length;
  const scope: WorkflowScope = {
    path: leg.id.length > MAX_PATH ? String(first) : leg.id,
    first,
    indexOf: new Map(callee.workflow.jobs.map((job, index) => [job.id.toLowerCase(), first + index])),
    contexts: { ...planned.scope.contexts, inputs, secrets },
    call: { ...ref, name: leg.name, callee },
  };
  return planJobs(callee, scope, planned);
}
