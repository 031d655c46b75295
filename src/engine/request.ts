/** What the runner is told of a leg: its job, its matrix, and the results it may read. */
import { needsOf } from './conditions.ts';
import { type Plan, plannedAt } from './plan.ts';
import type { JobRequest } from './ports.ts';
import { jobAt, type LegRef, legAt, type RunState } from './state.ts';

export function requestFor(plan: Plan, state: RunState, ref: LegRef): JobRequest {
  const planned = plannedAt(plan, ref.job);
  const { job } = planned;
  if (job.kind !== 'steps') throw new Error(`the job ${job.id} calls a workflow and has nothing to run itself`);
  const { legs, failFast, maxParallel } = jobAt(state, ref.job);
  const { leg } = legAt(state, ref);
  // Without a matrix GitHub says 1; with one, as many as there are unless the job says otherwise.
  const parallel = leg.matrix === null ? 1 : Math.min(maxParallel, legs.length);
  const strategy = { failFast, jobIndex: leg.index, jobTotal: legs.length, maxParallel: parallel };
  return { job, leg, strategy, needs: needsOf(plan, state, planned) };
}
