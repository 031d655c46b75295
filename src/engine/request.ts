/** What the runner is told of a leg: its job, its matrix, and what it may read. */
import { needsOf } from './conditions.ts';
import { strategyOf } from './leg-scope.ts';
import type { WorkflowScope } from './planned-job.ts';
import type { CalledWorkflow, JobRequest } from './ports.ts';
import { type LegRef, legAt, plannedAt, type RunState } from './state.ts';

export function requestFor(state: RunState, ref: LegRef): JobRequest {
  const planned = plannedAt(state, ref.job);
  const { job, id, permissions } = planned;
  if (job.kind !== 'steps') throw new Error(`the job ${id} calls a workflow and has nothing to run itself`);
  const { failFast, index, total, maxParallel } = strategyOf(state, ref);
  const { leg, goOn, begunBefore } = legAt(state, ref);
  const called = calledBy(state, planned.scope);
  return {
    job,
    leg,
    strategy: { failFast, jobIndex: index, jobTotal: total, maxParallel },
    needs: needsOf(state, planned),
    ...(goOn === undefined ? {} : { goOn }),
    ...(begunBefore === undefined ? {} : { begunBefore }),
    ...(permissions === undefined ? {} : { permissions }),
    ...(called === undefined ? {} : { called }),
  };
}

function calledBy(state: RunState, { call, contexts }: WorkflowScope): CalledWorkflow | undefined {
  if (call === undefined) return undefined;
  const { workflow, file, origin } = call.callee;
  const caller = legAt(state, call).leg.id;
  return { workflow, file, origin, caller, inputs: contexts.inputs, secrets: contexts.secrets ?? {} };
}
