/** Jobs run here: the engine's runner, and the frames that tasks run in. */
export { containerNeeds } from './container-needs.ts';
export type { Closed, JobFrame, OpenFrame } from './frame.ts';
export type { ContainerSettings } from './job-container.ts';
export type { LogOf } from './open-log.ts';
export { createJobRunner, type JobRunnerSettings } from './run-job.ts';
export { sealJson, unsealJson } from './sealed-json.ts';
export type { Seal } from './sealed-text.ts';
export { openTaskFrames, type TaskFrames } from './task-frame.ts';
export { createTaskResults, type TaskResults } from './task-results.ts';
export { sweepTemporary } from './task-temporary.ts';
export { openWorkflowFrames } from './workflow-frame.ts';
export type { JobSource, JobWorkspace, WorkflowFrames } from './workflow-settings.ts';
export { checkStanding, type Failed, type FailureSettings } from './workflow-standstill.ts';
