/** Handlers for the kinds of steps. */
export type { StepCall, StepEnd, StepHandler } from './handler.ts';
export { evaluateWithHashes, type HashPlace } from './hash-files.ts';
export { planScript, type ScriptCommand, type ScriptRequest, scriptHeader } from './shells.ts';
export { buildStepEnv, type StepEnvInput, type StepKind, type StepServices } from './step-env.ts';
export { type TaskActionName, taskActions } from './task-actions.ts';
