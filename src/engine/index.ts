/** The scheduler: pure decisions over a plan, and the one loop that carries them out. */
export { decide, type Effect } from './decide.ts';
export * from './events.ts';
export { evolve } from './evolve.ts';
export { makePlan, type Plan, type PlanContexts, type PlannedJob } from './plan.ts';
export type { Policy } from './policy.ts';
export * from './ports.ts';
export { type Run, type RunEnd, startRun } from './run.ts';
export { initialState, type RunState } from './state.ts';
