/** Displays for people. */
export { type Check, renderChecks } from './checks.ts';
export { createUi, type UiMode, type UiOptions } from './create.ts';
export { type DiagnosticFormat, renderDiagnostics } from './diagnostics.ts';
export type { Summary } from './final.ts';
export { type Leftovers, renderLeftovers } from './leftovers.ts';
export { wordsFor } from './leg-words.ts';
export { type LogEntry, renderLogList } from './log-list.ts';
export { createLogText, type LogText } from './log-text.ts';
export { type Look, lookOf } from './look.ts';
export { type PlanFormat, type PlanJob, type PlanView, renderPlan } from './plan.ts';
export { pour } from './pour.ts';
export { safeJson } from './safe-json.ts';
export type { UiSink } from './sink.ts';
export { renderStatus } from './status.ts';
export { type Environment, type OutputStream, openTerminal, type Terminal } from './terminal.ts';
export {
  renderWorkflowList,
  renderWorkflowPlans,
  type WorkflowPlan,
  type WorkflowPlanJob,
  type WorkflowPlanLeg,
} from './workflow-plan.ts';
