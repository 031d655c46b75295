/** GitHub's workflow language. Reading files is in parse/index.ts, so that who runs or translates does not load it. */
export * from './action.ts';
export { isCron } from './cron.ts';
export { EVENT_NAMES } from './event-names.ts';
export * from './expressions/index.ts';
export { type FlatStep, flattenSteps, type NamedStep } from './flat-steps.ts';
export { analyzeGraph, describeCycle, type GraphAnalysis, type GraphNode } from './graph.ts';
export { checkId } from './ids.ts';
export {
  type CallDefinitions,
  emptyInput,
  type InputDefinition,
  type InputType,
  type OutputDefinition,
  readCallDefinitions,
  readDispatchInputs,
  type SecretDefinition,
} from './input-definitions.ts';
export { nameJob } from './job-name.ts';
export { isJsonObject, type Json, type JsonObject } from './json.ts';
export { expandMatrix, type MatrixLeg } from './matrix.ts';
export * from './model.ts';
export { type PermissionLevel, type PermissionScope, type Permissions, readPermissions } from './permissions.ts';
export {
  type ActionReference,
  describeRemote,
  parseActionReference,
  parseWorkflowReference,
  type RemoteReference,
  type WorkflowReference,
} from './references.ts';
export { meantRunnerLabel, type RunnerLabel, type RunnerSystem, readRunnerLabel } from './runner-labels.ts';
export { stepIds } from './step-ids.ts';
export { judgeTrigger, readExpectations, type TriggerEvent, type TriggerVerdict } from './triggers.ts';
