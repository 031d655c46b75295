/** What to start, stop or give up now: pure, and asked after every event that concerns a job. */

import { isInLine } from './closing.ts';
import { judgeCondition } from './conditions.ts';
import type { CancelReason, JobSkipped } from './events.ts';
import type { Plan } from './plan.ts';
import { peek } from './queue.ts';
import { isCancelled, jobAt, type LegRef, legAt, type RunState } from './state.ts';

export type Effect =
  | { readonly type: 'expand'; readonly job: number }
  | { readonly type: 'skip-job'; readonly job: number; readonly reason: JobSkipped['reason'] }
  | { readonly type: 'fail-job'; readonly job: number; readonly message: string }
  | { readonly type: 'skip-leg'; readonly ref: LegRef; readonly reason: JobSkipped['reason'] }
  | { readonly type: 'cancel-leg'; readonly ref: LegRef; readonly reason: CancelReason }
  | { readonly type: 'open-leg'; readonly ref: LegRef }
  | { readonly type: 'call'; readonly ref: LegRef }
  | { readonly type: 'return'; readonly ref: LegRef }
  | { readonly type: 'finish' };

/**
 * Every effect is folded into the state, in this order, before it is performed, so that nothing is asked for twice.
 * The cost depends on what there is to do, never on the size of the graph.
 */
export function decide(plan: Plan, state: RunState): readonly Effect[] {
  if (state.finished) return [];
  const effects: Effect[] = [];
  for (const { reason, ...ref } of peek(state.toCancel, state.toCancel.length))
    effects.push({ type: 'cancel-leg', ref, reason });
  for (const { reason, ...ref } of peek(state.toSkip, state.toSkip.length))
    effects.push({ type: 'skip-leg', ref, reason });
  for (const job of peek(state.toExpand, state.toExpand.length)) effects.push(judge(state, job));
  for (const ref of peek(state.returnable, state.returnable.length)) effects.push({ type: 'return', ref });
  for (const ref of peek(state.callable, state.callable.length)) effects.push({ type: 'call', ref });
  for (const ref of peek(state.startable, plan.policy.maxParallel - state.running))
    effects.push({ type: 'open-leg', ref });
  if (effects.length === 0 && (state.ended === state.jobs.length || standsStill(plan, state)))
    effects.push({ type: 'finish' });
  return effects;
}

/** Whether an effect is still due when its turn comes: those before it may have closed the run, or its matrix. */
export function isDue(state: RunState, effect: Effect): boolean {
  return !(effect.type === 'open-leg' || effect.type === 'call') || isInLine(legAt(state, effect.ref));
}

/** Nothing can happen any more before somebody has looked at what is paused, and nobody is waited for. */
function standsStill({ policy }: Plan, { paused, running }: RunState): boolean {
  return paused > 0 && running === 0 && policy.waitsForPaused !== true;
}

/** Whether a job all of whose needs have ended runs at all. */
function judge(state: RunState, job: number): Effect {
  const { planned } = jobAt(state, job);
  if (state.closing === 'on-failure' && !planned.outlivesFailure)
    return { type: 'skip-job', job, reason: 'on-failure' };
  const verdict = judgeCondition(state, planned);
  if (!verdict.ok) return { type: 'fail-job', job, message: verdict.error };
  if (verdict.value) return { type: 'expand', job };
  if (isCancelled(state, planned.scope)) return { type: 'skip-job', job, reason: 'cancelled' };
  const needed = planned.needs.every((need) => jobAt(state, need).sound);
  return { type: 'skip-job', job, reason: needed ? 'condition' : 'needs' };
}
