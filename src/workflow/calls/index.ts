/** Workflows that call workflows. */
export {
  type LoadWorkflow,
  type ResolvedWorkflow,
  resolveCalls,
  type WorkflowOrigin,
  type WorkflowText,
} from './resolve-calls.ts';
