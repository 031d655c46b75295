/** What steps are made of, and handlers for their kinds. */
export { type CommandFileSet, createCommandFiles } from './command-file-set.ts';
export type { StepCall, StepEnd, StepHandler } from './handler.ts';
export { evaluateWithHashes, type HashPlace } from './hash-files.ts';
export { createRepositoryFiles, type RepositoryPlace } from './repository-file.ts';
export { planScript, type ScriptCommand, type ScriptRequest, scriptHeader } from './shells.ts';
export { buildStepEnv, type StepEnvInput, type StepKind, type StepServices } from './step-env.ts';
export { type TaskActionName, taskActions } from './task-actions.ts';
