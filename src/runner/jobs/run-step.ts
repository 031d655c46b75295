/** One step: its environment, its condition, its inputs, its end. The order of these is GitHub's. */
import { type Failure, MachineError } from '../../shared/failure.ts';
import { type Result } from '../../shared/result.ts';
import {
  evaluateBoolean,
  evaluateCondition,
  evaluateNumber,
  evaluateStrings,
  type NodeFault,
  type Scope,
  type Step,
  type WorkStep,
} from '../../workflow/index.ts';
import type { StepEnd } from '../steps/index.ts';
import type { JobFrame } from './frame.ts';
import type { StepRecord } from './step-order.ts';

export interface StepRun {
  readonly step: WorkStep;
  readonly frame: JobFrame;
  readonly env: Readonly<Record<string, string>>;
  /** The scope as it is now; asked again when a cancellation has changed it. */
  readonly scope: (env: Readonly<Record<string, string>>) => Scope;
  /** Calls once after so many milliseconds; returns how to call it off. */
  readonly after: (milliseconds: number, call: () => void) => () => void;
  readonly cancelled: AbortSignal;
}

export interface StepDone extends StepRecord {
  readonly failure?: Failure;
  readonly report?: StepEnd['report'];
}

export async function runStep(run: StepRun): Promise<StepDone> {
  const own = evaluateStrings(run.step.env, run.scope(run.env));
  if (!own.ok) return failedWith('expression', own.error.message);
  const env = { ...run.env, ...own.value };
  const wanted = holds(run, env);
  if (!wanted.ok) return failedWith('expression', `if: ${wanted.error.message}`);
  if (!wanted.value) return { outcome: 'skipped', conclusion: 'skipped', outputs: {} };
  const end = await perform(run, env);
  const outcome = end.outcome;
  const { outcome: _, ...rest } = end;
  if (outcome !== 'failure') return { ...rest, outcome, conclusion: outcome };
  const forgiven = evaluateBoolean(run.step.continueOnError, run.scope(env), false);
  if (!forgiven.ok) return failedWith('expression', `continue-on-error: ${forgiven.error.message}`);
  return { ...rest, outcome, conclusion: forgiven.value ? 'success' : 'failure' };
}

/** What becomes of a step that nothing here can run. */
export function stepNotRun(step: Step): StepDone {
  return failedWith('action-not-found', notRun(step));
}

export function stepName(step: Step): string {
  if (step.kind !== 'parallel' && step.name !== undefined) return String(step.name.value);
  if (step.kind === 'run') return `Run ${firstLine(String(step.run.value))}`;
  return step.kind === 'action' ? `Run ${step.uses}` : step.kind;
}

async function perform(run: StepRun, env: Readonly<Record<string, string>>): Promise<StepEnd> {
  const { step, frame } = run;
  const handler = step.kind === 'action' ? frame.handlerFor(step) : undefined;
  if (handler === undefined || step.kind !== 'action') {
    return failure('action-not-found', notRun(step));
  }
  const inputs = evaluateStrings(step.with, run.scope(env));
  if (!inputs.ok) return failure('expression', inputs.error.message);
  const minutes = evaluateNumber(step.timeoutMinutes, run.scope(env));
  if (!minutes.ok) return failure('expression', `timeout-minutes: ${minutes.error.message}`);
  const limit = minutes.value ?? 0;
  const controller = new AbortController();
  const onCancel = (): void => {
    // A step whose condition still holds after the cancellation, such as `always()`, goes on.
    const still = holds(run, env);
    if (!still.ok || !still.value) controller.abort(run.cancelled.reason);
  };
  if (run.cancelled.aborted) onCancel();
  else run.cancelled.addEventListener('abort', onCancel, { once: true });
  const late = { value: false };
  const callOff = limit > 0 ? run.after(limit * 60_000, () => expire(controller, late)) : () => undefined;
  try {
    const end = await handler({ inputs: inputs.value, env, signal: controller.signal });
    if (!late.value) return end;
    return { ...end, ...failure('timeout', `${stepName(step)} has timed out after ${limit} minutes`) };
  } catch (error) {
    if (error instanceof MachineError) return { outcome: 'failure', failure: error.failure, outputs: {} };
    throw error;
  } finally {
    callOff();
    run.cancelled.removeEventListener('abort', onCancel);
  }
}

function expire(controller: AbortController, late: { value: boolean }): void {
  late.value = true;
  controller.abort({ reason: 'timeout', message: 'the step used up its time' });
}

function holds(run: StepRun, env: Readonly<Record<string, string>>): Result<boolean, NodeFault> {
  return evaluateCondition(run.step.if, run.scope(env));
}

function failure(code: Failure['code'], message: string): StepEnd {
  return { outcome: 'failure', failure: { code, message }, outputs: {} };
}

function notRun(step: Step): string {
  return `nothing here runs the step ${stepName(step)}`;
}

function failedWith(code: Failure['code'], message: string): StepDone {
  return { outcome: 'failure', conclusion: 'failure', failure: { code, message }, outputs: {} };
}

function firstLine(text: string): string {
  return text.trimStart().split('\n', 1)[0] ?? '';
}
