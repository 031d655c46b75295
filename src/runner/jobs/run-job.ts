/** The engine's job runner made real: a job's steps one after the other, to the end in every case. */
import type { EngineClock, JobOutcome, JobRequest, JobRunner, PlanContexts, RunnerEvent } from '../../engine/index.ts';
import { type Failure, MachineError } from '../../shared/failure.ts';
import type { TaskReport } from '../../shared/verdict.ts';
import { evaluateString, evaluateStrings, isWorkStep } from '../../workflow/index.ts';
import type { JobFrame, OpenFrame } from './frame.ts';
import { maskTexts } from './mask-event.ts';
import { runStep, type StepDone, stepName, stepNotRun } from './run-step.ts';
import { firstStep, jobCancelled, type StepOrder, stepDone } from './step-order.ts';
import { type JobFacts, jobEnvScope, stepScope } from './step-scope.ts';

export interface JobRunnerSettings {
  readonly contexts: PlanContexts;
  readonly secrets: Readonly<Record<string, string>>;
  readonly clock: EngineClock;
  /** Takes secrets out of a text. */
  readonly mask: (text: string) => string;
  readonly open: OpenFrame;
  /** A leg's result of an earlier run, when it stands for this one. */
  readonly reuse?: (request: JobRequest) => Promise<JobOutcome | undefined>;
}

type Emit = (event: RunnerEvent) => void;

export function createJobRunner(settings: JobRunnerSettings): JobRunner {
  return {
    async run(request, tell, signal) {
      const emit: Emit = (event) => tell(maskTexts(event, settings.mask));
      const reused = settings.reuse === undefined ? undefined : await settings.reuse(request);
      if (reused !== undefined) return reused;
      const frame = await settings.open(request, emit);
      const job = new RunningJob(settings, { request, frame, emit });
      let outcome: JobOutcome;
      try {
        outcome = await job.run(AbortSignal.any([signal, frame.lost]));
      } catch (error) {
        outcome = { result: 'failure', failure: machineFailure(error), outputs: {} };
      }
      const { log, failure } = await frame.close();
      emit({ type: 'log.closed', job: request.job.id, leg: request.leg.id, ...log });
      const whole: JobOutcome = failure === undefined ? outcome : { ...outcome, result: 'failure', failure };
      return maskTexts(whole, settings.mask);
    },
  };
}

class RunningJob {
  readonly #settings: JobRunnerSettings;
  readonly #facts: JobFacts;
  readonly #frame: JobFrame;
  readonly #emit: Emit;
  #order: StepOrder = firstStep();
  #failure: Failure | undefined;
  #report: TaskReport | undefined;

  constructor(
    settings: JobRunnerSettings,
    job: { readonly request: JobRequest; readonly frame: JobFrame; readonly emit: Emit },
  ) {
    this.#settings = settings;
    this.#facts = { contexts: settings.contexts, secrets: settings.secrets, request: job.request };
    this.#frame = job.frame;
    this.#emit = job.emit;
  }

  async run(cancelled: AbortSignal): Promise<JobOutcome> {
    const { job } = this.#facts.request;
    const env = evaluateStrings(job.env, jobEnvScope(this.#facts));
    if (!env.ok)
      return { result: 'failure', failure: { code: 'expression', message: `env: ${env.error.message}` }, outputs: {} };
    const onCancel = (): void => {
      this.#order = jobCancelled(this.#order);
    };
    if (cancelled.aborted) onCancel();
    cancelled.addEventListener('abort', onCancel, { once: true });
    try {
      while (this.#order.next < job.steps.length) await this.#step(env.value, cancelled);
    } finally {
      cancelled.removeEventListener('abort', onCancel);
    }
    return this.#outcome(env.value, cancelled);
  }

  async #step(env: Readonly<Record<string, string>>, cancelled: AbortSignal): Promise<void> {
    const { job, leg } = this.#facts.request;
    const index = this.#order.next;
    const step = job.steps[index];
    if (step === undefined) throw new RangeError(`job ${job.id} has no step ${index}`);
    const names = { job: job.id, leg: leg.id, step: index + 1 };
    const { clock } = this.#settings;
    const started = clock.now();
    this.#emit({ type: 'step.started', ...names, name: stepName(step) });
    const done = !isWorkStep(step)
      ? stepNotRun(step)
      : await runStep({
          step,
          frame: this.#frame,
          env,
          scope: (stepEnv) => stepScope(this.#facts, this.#order, stepEnv),
          after: clock.after,
          cancelled,
        });
    this.#note(done);
    this.#order = stepDone(this.#order, step.kind === 'parallel' ? undefined : step.id, {
      outcome: done.outcome,
      conclusion: done.conclusion,
      outputs: done.outputs,
    });
    const duration = Math.round(clock.now() - started);
    this.#emit({ type: 'step.finished', ...names, outcome: done.outcome, conclusion: done.conclusion, duration });
  }

  #note({ conclusion, failure, report }: StepDone): void {
    this.#report = report ?? this.#report;
    // The first failure is the cause; what fails behind it is a consequence.
    if (conclusion === 'failure' || conclusion === 'cancelled') this.#failure ??= failure;
    if (conclusion === 'failure' && failure !== undefined) this.#frame.note(`failed: ${failure.message}`);
  }

  #outcome(env: Readonly<Record<string, string>>, cancelled: AbortSignal): JobOutcome {
    const outputs = this.#outputs(env);
    const result = this.#order.status;
    const failure = result === 'cancelled' ? cancelFailure(cancelled, this.#failure) : this.#failure;
    return {
      result,
      outputs,
      ...(failure === undefined || result === 'success' ? {} : { failure }),
      ...(this.#report === undefined ? {} : { task: this.#report }),
    };
  }

  #outputs(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const outputs = new Map<string, string>();
    for (const { key, value } of this.#facts.request.job.outputs?.entries ?? []) {
      const text = evaluateString(value, stepScope(this.#facts, this.#order, env));
      const name = String(key.value);
      if (!text.ok) this.#dropOutput(text.error.message);
      // As on GitHub: others would see the secret, or stars in its place.
      else if (this.#settings.mask(text.value) !== text.value)
        this.#dropOutput(`Skip output '${name}' since it may contain secret.`);
      else if (text.value !== '') outputs.set(name, text.value);
    }
    return Object.fromEntries(outputs);
  }

  #dropOutput(message: string): void {
    const { job, leg } = this.#facts.request;
    this.#emit({ type: 'warning', job: job.id, leg: leg.id, code: 'output-dropped', message });
  }
}

function cancelFailure(cancelled: AbortSignal, failure: Failure | undefined): Failure {
  if (failure !== undefined && failure.code !== 'cancelled') return failure;
  const reason: unknown = cancelled.reason;
  const message =
    typeof reason === 'object' && reason !== null && 'message' in reason ? String(reason.message) : 'cancelled';
  return { code: 'cancelled', message };
}

function machineFailure(error: unknown): Failure {
  if (error instanceof MachineError) return error.failure;
  return { code: 'internal', message: `orch failed: ${error instanceof Error ? error.message : String(error)}` };
}
