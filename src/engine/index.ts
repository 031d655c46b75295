/** The scheduler: pure decisions over a plan, and the one loop that carries them out. */
export * from './events.ts';
export { makePlan, type Plan, type PlanContexts, type PlannedJob } from './plan.ts';
export type { Policy } from './policy.ts';
export * from './ports.ts';
export { type Run, type RunEnd, startRun } from './run.ts';
