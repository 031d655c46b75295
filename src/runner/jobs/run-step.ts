/** One step: its environment, its condition, its inputs, its end. The order of these is GitHub's. */
import { type Failure, MachineError } from '../../shared/failure.ts';
import { ok, type Result } from '../../shared/result.ts';
import {
  conditionText,
  evaluateBoolean,
  evaluateCondition,
  evaluateNumber,
  evaluateString,
  evaluateStrings,
  hasExpression,
  type JsonObject,
  type Node,
  type NodeFault,
  normalizeCondition,
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

/** A step whose turn has come. */
export interface StepPlan {
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
  /** Calls once after so many milliseconds; returns how to call it off. */
  readonly after: (milliseconds: number, call: () => void) => () => void;
  /** Told what is of interest to whoever debugs; absent when nobody does. */
  readonly debug?: ((line: string) => void) | undefined;
  /** Ends the step even where its condition holds after a cancellation. */
  readonly overdue?: AbortSignal | undefined;
}

/** What is known of a step when it is performed. */
export interface Performance {
  /** What people see. */
  readonly name: string;
  /** A line of its output. */
  readonly print: (line: string) => void;
  readonly tell: (news: StepNews) => void;
  readonly cancelled: AbortSignal;
}

export type StepRun = StepPlan & Performance;

export interface StepDone extends StepRecord {
  readonly failure?: Failure;
  readonly told?: boolean;
  readonly report?: StepEnd['report'];
  /** Its condition could not be evaluated. */
  readonly undecided?: true;
  readonly process?: StepEnd['process'];
}

type Env = Readonly<Record<string, string>>;

export async function runStep(run: StepRun): Promise<StepDone> {
  const ready = await readyStep(run, run.name);
  return ready.over ? ready.done : ready.perform(run);
}

/** Where a step stands when its `env` and its condition are known: over already, or to be performed. */
export type ReadyStep =
  | { readonly over: true; readonly done: StepDone }
  | { readonly over: false; readonly perform: (performance: Performance) => Promise<StepDone> };

export async function readyStep(plan: StepPlan, name: string): Promise<ReadyStep> {
  const over = (done: StepDone): ReadyStep => ({ over: true, done });
  const own = await strings(plan, plan.env, plan.step.env);
  if (!own.ok) return over(failedWith('expression', own.error.message));
  const env = plan.step.env === undefined ? plan.env : { ...plan.env, ...own.value };
  plan.debug?.(`Evaluating condition for step: '${name}'`);
  plan.debug?.(`Evaluating: ${normalizeCondition(conditionText(plan.step.if))}`);
  const wanted = await holds(plan, env);
  if (!wanted.ok) return over({ ...failedWith('expression', `if: ${wanted.error.message}`), undecided: true });
  plan.debug?.(`Result: ${wanted.value}`);
  if (!wanted.value) return over({ outcome: 'skipped', conclusion: 'skipped', outputs: {} });
  const ownEnv = { ...plan.outerEnv, ...own.value };
  return { over: false, perform: (performance) => performAndForgive({ ...plan, ...performance }, env, ownEnv) };
}

/** The name of a step as it is shown: evaluated where that works, as written where it does not; one line. */
export async function displayName(plan: StepPlan): Promise<string> {
  const { step } = plan;
  const shown = step.name ?? (step.kind === 'run' ? step.run : undefined);
  if (shown === undefined || typeof shown.value !== 'string' || !hasExpression(shown.value)) return stepName(step);
  const own = await evaluate(plan, plan.env, (scope) => evaluateStrings(step.env, scope));
  const env = own.ok ? { ...plan.env, ...own.value } : plan.env;
  const text = await evaluate(plan, env, (scope) => evaluateString(shown, scope));
  const line = text.ok ? firstLine(text.value) : '';
  if (line === '') return stepName(step);
  return step.name === undefined ? `Run ${line}` : line;
}

async function performAndForgive(run: StepRun, env: Env, ownEnv: Env): Promise<StepDone> {
  if (run.overdue?.aborted === true) return { outcome: 'cancelled', conclusion: 'cancelled', outputs: {} };
  run.debug?.(`Starting: ${run.name}`);
  const end = await perform(run, env, ownEnv);
  run.debug?.(`Finishing: ${run.name}`);
  const outcome = end.outcome;
  const { outcome: _, ...rest } = end;
  if (outcome !== 'failure') return { ...rest, outcome, conclusion: outcome };
  const forgiven = await evaluate(run, env, (scope) => evaluateBoolean(run.step.continueOnError, scope, false));
  if (!forgiven.ok) tellErrors(run, [UNKNOWN_FORGIVENESS, forgiven.error.message]);
  return { ...rest, outcome, conclusion: forgiven.ok && forgiven.value ? 'success' : 'failure' };
}

export function stepName(step: Step): string {
  const given = step.kind === 'parallel' ? '' : firstLine(String(step.name?.value ?? ''));
  if (given !== '') return given;
  if (step.kind === 'run') return `Run ${firstLine(String(step.run.value))}`;
  return step.kind === 'action' ? `Run ${step.uses}` : step.kind;
}

async function perform(run: StepRun, env: Env, ownEnv: Env): Promise<StepEnd> {
  const { step, handler } = run;
  if (handler === undefined) return failedStep('action-not-found', notRun(step));
  const given = step.kind === 'action' ? step.with : undefined;
  const inputs = await strings(run, env, given);
  if (!inputs.ok) return failedStep('expression', inputs.error.message);
  const minutes =
    step.timeoutMinutes === undefined
      ? ok(undefined)
      : await evaluate(run, env, (scope) => evaluateNumber(step.timeoutMinutes, scope));
  // As on GitHub the step runs then, without a limit.
  if (!minutes.ok) tellErrors(run, [UNKNOWN_LIMIT, minutes.error.message]);
  const limit = (minutes.ok ? minutes.value : undefined) ?? 0;
  const controller = new AbortController();
  const unheard = obeyJob(run, env, controller);
  const late = { value: false };
  const callOff = limit > 0 ? run.after(limit * 60_000, () => expire(controller, late)) : () => undefined;
  try {
    const end = await handler({
      inputs: inputs.value,
      env,
      ownEnv,
      id: run.id,
      signal: controller.signal,
      overdue: run.overdue,
      evaluate: (read, github) => evaluate(run, env, read, github),
      hashes: run.hashes,
      tell: run.tell,
    });
    if (!late.value) return end;
    return { ...failedStep('timeout', timeoutMessage(run, limit)), outputs: end.outputs };
  } catch (error) {
    if (error instanceof MachineError) return { outcome: 'failure', failure: error.failure, outputs: {} };
    throw error;
  } finally {
    callOff();
    unheard();
  }
}

/** Ends the step when its job is cancelled or overdue, until the returned function is called. */
function obeyJob(run: StepRun, env: Env, controller: AbortController): () => void {
  const offCancel = hear(run.cancelled, (reason) => {
    if (run.step.background === true) return controller.abort(reason);
    // A step whose condition still holds after the cancellation, such as `always()`, goes on.
    void holds(run, env).then((still) => {
      if (!still.ok || !still.value) controller.abort(reason);
    });
  });
  const offOverdue = run.overdue === undefined ? undefined : hear(run.overdue, (reason) => controller.abort(reason));
  return () => {
    offCancel();
    offOverdue?.();
  };
}

/** Calls at once when it has happened already. */
function hear(signal: AbortSignal, call: (reason: unknown) => void): () => void {
  const onAbort = (): void => call(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return () => signal.removeEventListener('abort', onAbort);
}

const UNKNOWN_LIMIT = 'An error occurred when attempting to determine the step timeout.';
const UNKNOWN_FORGIVENESS =
  'The step failed and an error occurred when attempting to determine whether to continue on error.';

function tellErrors({ print, tell }: StepRun, messages: readonly string[]): void {
  for (const message of messages) {
    print(`##[error]${message}`);
    tell({ type: 'annotation', annotation: { level: 'error', message } });
  }
}

/** GitHub's sentences. */
function timeoutMessage({ step, name }: StepRun, minutes: number): string {
  const what = step.background === true ? 'background step' : 'action';
  return `The ${what} '${name}' has timed out after ${minutes} minutes.`;
}

function expire(controller: AbortController, late: { value: boolean }): void {
  late.value = true;
  controller.abort({ reason: 'timeout', message: 'the step used up its time' });
}

function holds(run: StepPlan, env: Env): Promise<Result<boolean, NodeFault>> {
  return evaluate(run, env, (scope) => evaluateCondition(run.step.if, scope));
}

function strings(
  run: StepPlan,
  env: Env,
  node: Node | undefined,
): Promise<Result<Env, NodeFault>> | Result<Env, NodeFault> {
  return node === undefined ? ok({}) : evaluate(run, env, (scope) => evaluateStrings(node, scope));
}

async function evaluate<T>(
  run: StepPlan,
  env: Env,
  read: (scope: Scope) => Result<T, NodeFault>,
  github?: JsonObject,
): Promise<Result<T, NodeFault>> {
  if (run.hashes === undefined) return read(run.scope(env, github));
  return evaluateWithHashes(run.hashes, (hashFiles) => {
    const scope = run.scope(env, github);
    return read({
      get contexts() {
        return scope.contexts;
      },
      functions: { ...scope.functions, hashfiles: hashFiles },
    });
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
