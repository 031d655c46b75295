/** Where the file of tasks is unless another one is named, relative to the repository's root. */
export const DEFAULT_CONFIG = 'framework/orchestrator/orchestrator.yaml';
