/** Displays for people. */
export { createUi, UI_MODES, type UiMode, type UiOptions } from './create.ts';
export { DIAGNOSTIC_FORMATS, type DiagnosticFormat, renderDiagnostics } from './diagnostics.ts';
export { type FinalInput, renderFinal, type Summary } from './final.ts';
export { PLAN_FORMATS, type PlanFormat, type PlanJob, type PlanView, renderPlan } from './plan.ts';
export type { UiSink } from './sink.ts';
export { type Environment, type OutputStream, openTerminal, type Terminal } from './terminal.ts';
