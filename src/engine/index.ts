/** The scheduler: pure decisions over a plan, and the one loop that carries them out. */
export { readWorkflowConcurrency } from './concurrency.ts';
export * from './events.ts';
export type { GroupMember, Members } from './groups.ts';
export { withoutMembers } from './groups.ts';
export * from './legs.ts';
export { type ConcurrencyGroups, type GroupStorage, openGroups } from './memberships.ts';
export * from './pause-events.ts';
export { makePlan, type Plan } from './plan.ts';
export type { PlanContexts } from './plan-contexts.ts';
export type { PlannedJob } from './planned-job.ts';
export { type Platforms, questionLabels } from './platforms.ts';
export type { Policy } from './policy.ts';
export * from './ports.ts';
export { previewJob } from './preview.ts';
export { type Restored, restoreRun } from './restore.ts';
export { type Resumption, type Run, type RunEnd, resumeRun, startRun } from './run.ts';
export * from './runner-events.ts';
