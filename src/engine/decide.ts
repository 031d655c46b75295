/** What to start, stop or give up now: pure, and asked after every event that concerns a job. */

import { isInLine } from './closing.ts';
import { judgeCondition } from './conditions.ts';
import type { CancelReason, JobSkipped } from './events.ts';
import { wantedGroup } from './group-events.ts';
import type { Concurrency } from './legs.ts';
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
  | { readonly type: 'join-group'; readonly ref: LegRef; readonly wanted: Concurrency }
  | { readonly type: 'join-run'; readonly wanted: Concurrency }
  | { readonly type: 'finish' };

/**
 * Every effect is folded into the state, in this order, before it is performed, so that nothing is asked for twice.
 * The cost depends on what there is to do, never on the size of the graph.
 */
export function decide(plan: Plan, state: RunState): readonly Effect[] {
  if (state.finished) return [];
  if (state.admission !== 'open' && state.closing === undefined) return admission(plan, state);
  const effects = givenUp(state);
  for (const job of peek(state.toExpand, state.toExpand.length)) effects.push(judge(plan, state, job));
  for (const ref of peek(state.toJoin, state.toJoin.length)) {
    const wanted = wantedGroup(state, ref);
    if (wanted !== undefined) effects.push({ type: 'join-group', ref, wanted });
  }
  for (const ref of peek(state.returnable, state.returnable.length)) effects.push({ type: 'return', ref });
  for (const ref of peek(state.callable, state.callable.length)) effects.push({ type: 'call', ref });
  for (const ref of peek(state.startable, plan.policy.maxParallel - state.running))
    effects.push({ type: 'open-leg', ref });
  return effects.length === 0 && isOver(plan, state) ? [{ type: 'finish' }] : effects;
}

/** Whether an effect is still due when its turn comes: those before it may have closed the run, or its matrix. */
export function isDue(state: RunState, effect: Effect): boolean {
  if (effect.type === 'join-group') return legAt(state, effect.ref).phase === 'grouped';
  return !(effect.type === 'open-leg' || effect.type === 'call') || isInLine(legAt(state, effect.ref));
}

/** All has ended, or nothing can happen before somebody has looked at what is paused, and nobody is waited for. */
function isOver({ policy }: Plan, { ended, jobs, paused, running }: RunState): boolean {
  return ended === jobs.length || (paused > 0 && running === 0 && policy.waitsForPaused !== true);
}

function givenUp({ toCancel, toSkip }: RunState): Effect[] {
  const effects: Effect[] = [];
  for (const { reason, ...ref } of peek(toCancel, toCancel.length)) effects.push({ type: 'cancel-leg', ref, reason });
  for (const { reason, ...ref } of peek(toSkip, toSkip.length)) effects.push({ type: 'skip-leg', ref, reason });
  return effects;
}

/** Until the run has its group there is nothing else to do. */
function admission({ policy }: Plan, state: RunState): readonly Effect[] {
  if (state.admission !== 'wanted' || policy.concurrency === undefined) return [];
  return [{ type: 'join-run', wanted: policy.concurrency }];
}

/** Whether a job all of whose needs have ended runs at all. */
function judge({ policy }: Plan, state: RunState, job: number): Effect {
  const { planned } = jobAt(state, job);
  // A run that was cancelled while it waited has not begun: not even `always()` runs.
  if (state.admission !== 'open') return { type: 'skip-job', job, reason: 'cancelled' };
  if (state.closing === 'on-failure' && !planned.outlivesFailure)
    return { type: 'skip-job', job, reason: 'on-failure' };
  const verdict = judgeCondition(state, planned);
  if (!verdict.ok) return { type: 'fail-job', job, message: verdict.error };
  if (verdict.value && policy.awaiting?.has(planned.id) === true) return { type: 'skip-job', job, reason: 'approval' };
  if (verdict.value) return { type: 'expand', job };
  if (isCancelled(state, planned.scope)) return { type: 'skip-job', job, reason: 'cancelled' };
  const needed = planned.needs.every((need) => jobAt(state, need).sound);
  return { type: 'skip-job', job, reason: needed ? 'condition' : 'needs' };
}
