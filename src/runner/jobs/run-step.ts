/** One step: its environment, its condition, its inputs, its end. The order of these is GitHub's. */
import { type Failure, MachineError } from '../../shared/failure.ts';
import type { Result } from '../../shared/result.ts';
import {
  evaluateBoolean,
  evaluateCondition,
  evaluateNumber,
  evaluateStrings,
  type JsonObject,
  type NodeFault,
  type Scope,
  type Step,
  type WorkStep,
} from '../../workflow/index.ts';
import {
  evaluateWithHashes,
  failedStep,
  type HashPlace,
  type StepEnd,
  type StepHandler,
  type StepNews,
} from '../steps/index.ts';
import type { StepRecord } from './step-order.ts';

export interface StepRun {
  readonly step: WorkStep;
  /** Given or generated. */
  readonly id: string;
  /** Undefined when nobody here can run such a step. */
  readonly handler: StepHandler | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** What the composite action around it was given as its own `env`. */
  readonly outerEnv?: Readonly<Record<string, string>>;
  /** The scope as it is now; asked again when a cancellation has changed it. */
  readonly scope: (env: Readonly<Record<string, string>>, github?: JsonObject) => Scope;
  /** Where `hashFiles` looks; undefined where there is no such function. */
  readonly hashes: HashPlace | undefined;
  readonly tell: (news: StepNews) => void;
  /** Calls once after so many milliseconds; returns how to call it off. */
  readonly after: (milliseconds: number, call: () => void) => () => void;
  readonly cancelled: AbortSignal;
}

export interface StepDone extends StepRecord {
  readonly failure?: Failure;
  readonly told?: boolean;
  readonly report?: StepEnd['report'];
  readonly process?: StepEnd['process'];
}

type Env = Readonly<Record<string, string>>;

export async function runStep(run: StepRun): Promise<StepDone> {
  const own = await evaluate(run, run.env, (scope) => evaluateStrings(run.step.env, scope));
  if (!own.ok) return failedWith('expression', own.error.message);
  const env = { ...run.env, ...own.value };
  const wanted = await holds(run, env);
  if (!wanted.ok) return failedWith('expression', `if: ${wanted.error.message}`);
  if (!wanted.value) return { outcome: 'skipped', conclusion: 'skipped', outputs: {} };
  const end = await perform(run, env, { ...run.outerEnv, ...own.value });
  const outcome = end.outcome;
  const { outcome: _, ...rest } = end;
  if (outcome !== 'failure') return { ...rest, outcome, conclusion: outcome };
  const forgiven = await evaluate(run, env, (scope) => evaluateBoolean(run.step.continueOnError, scope, false));
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

async function perform(run: StepRun, env: Env, ownEnv: Env): Promise<StepEnd> {
  const { step, handler } = run;
  if (handler === undefined) return failedStep('action-not-found', notRun(step));
  const given = step.kind === 'action' ? step.with : undefined;
  const inputs = await evaluate(run, env, (scope) => evaluateStrings(given, scope));
  if (!inputs.ok) return failedStep('expression', inputs.error.message);
  const minutes = await evaluate(run, env, (scope) => evaluateNumber(step.timeoutMinutes, scope));
  if (!minutes.ok) return failedStep('expression', `timeout-minutes: ${minutes.error.message}`);
  const limit = minutes.value ?? 0;
  const controller = new AbortController();
  const onCancel = (): void => {
    // A step whose condition still holds after the cancellation, such as `always()`, goes on.
    void holds(run, env).then((still) => {
      if (!still.ok || !still.value) controller.abort(run.cancelled.reason);
    });
  };
  if (run.cancelled.aborted) onCancel();
  else run.cancelled.addEventListener('abort', onCancel, { once: true });
  const late = { value: false };
  const callOff = limit > 0 ? run.after(limit * 60_000, () => expire(controller, late)) : () => undefined;
  try {
    const end = await handler({
      inputs: inputs.value,
      env,
      ownEnv,
      id: run.id,
      signal: controller.signal,
      evaluate: (read, github) => evaluate(run, env, read, github),
      hashes: run.hashes,
      tell: run.tell,
    });
    if (!late.value) return end;
    return { ...end, ...failedStep('timeout', `${stepName(step)} has timed out after ${limit} minutes`) };
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

function holds(run: StepRun, env: Env): Promise<Result<boolean, NodeFault>> {
  return evaluate(run, env, (scope) => evaluateCondition(run.step.if, scope));
}

async function evaluate<T>(
  run: StepRun,
  env: Env,
  read: (scope: Scope) => Result<T, NodeFault>,
  github?: JsonObject,
): Promise<Result<T, NodeFault>> {
  if (run.hashes === undefined) return read(run.scope(env, github));
  return evaluateWithHashes(run.hashes, (hashFiles) => {
    const { contexts, functions } = run.scope(env, github);
    return read({ contexts, functions: { ...functions, hashfiles: hashFiles } });
  });
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
