/** Handlers for the kinds of steps. */
export type { StepCall, StepEnd, StepHandler } from './handler.ts';
export { type TaskActionName, taskActions } from './task-actions.ts';
