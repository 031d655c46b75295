/** orchestrator.yaml: read, checked, and turned into a workflow. */
export type { Config, OnFailure, Task, WorktreeConfig } from './config.ts';
export { type ConfigLoad, type LoadRequest, loadConfig } from './load.ts';
export type { InputValue, Overrides } from './overrides.ts';
export { configSchema } from './schema-check.ts';
export { type ActionSource, CHECKOUT, type TaskActionName, taskActionOf } from './translate/actions.ts';
export type { LocalPolicy } from './translate/policy.ts';
export { type TranslateOptions, type Translation, translate } from './translate/translate.ts';
