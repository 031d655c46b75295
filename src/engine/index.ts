/** The scheduler: pure decisions over a plan, and the one loop that carries them out. */

export { readWorkflowConcurrency } from './concurrency.ts';
export { decide, type Effect } from './decide.ts';
export * from './events.ts';
export { evolve } from './evolve.ts';
export { makePlan, type Plan } from './plan.ts';
export type { PlanContexts } from './plan-contexts.ts';
export type { PlannedJob } from './planned-job.ts';
export type { Platforms } from './platforms.ts';
export type { Policy } from './policy.ts';
export * from './ports.ts';
export { type Run, type RunEnd, startRun } from './run.ts';
export { initialState, type RunState } from './state.ts';
