/** What steps are made of, and handlers for their kinds. */
export { type CommandFileSet, createCommandFiles } from './command-file-set.ts';
export {
  type Evaluate,
  type FailedProcess,
  failedStep,
  type StepCall,
  type StepEnd,
  type StepHandler,
  type StepNews,
} from './handler.ts';
export { evaluateWithHashes, type HashPlace } from './hash-files.ts';
export { type Inside, innerPath } from './inside.ts';
export { type JobPlace, writeLines } from './job-place.ts';
export { createRepositoryFiles, type RepositoryPlace } from './repository-file.ts';
export { runDocker } from './run-docker.ts';
export { type NodeStage, runNode } from './run-node.ts';
export { type ScriptSettings, scriptHandler } from './run-script.ts';
export type { ScriptCommand, ScriptRequest } from './shells.ts';
export type { StepEnvInput, StepKind, StepServices, StepUse } from './step-env.ts';
export { type TaskActionName, taskActions } from './task-actions.ts';
