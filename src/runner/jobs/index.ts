/** Jobs run here: the engine's runner, and the frames that tasks run in. */
export type { Closed, JobFrame, OpenFrame } from './frame.ts';
export { createJobRunner, type JobRunnerSettings } from './run-job.ts';
export { openTaskFrames, type TaskFrames } from './task-frame.ts';
export { createTaskResults, type TaskResults } from './task-results.ts';
export { type JobSource, type JobWorkspace, openWorkflowFrames, type WorkflowFrames } from './workflow-frame.ts';
