/** The engine's job runner made real: a job's steps one after the other, to the end in every case. */
import type { EngineClock, JobOutcome, JobRequest, JobRunner, PlanContexts, RunnerEvent } from '../../engine/index.ts';
import { type Failure, MachineError } from '../../shared/failure.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { TaskReport } from '../../shared/verdict.ts';
import {
  evaluateString,
  evaluateStrings,
  isWorkStep,
  type JsonObject,
  type NodeFault,
  stepIds,
} from '../../workflow/index.ts';
import type { StepNews } from '../steps/index.ts';
import type { ExtraStep, JobFrame, OpenFrame } from './frame.ts';
import { maskTexts } from './mask-event.ts';
import { runStep, type StepDone, type StepRun, stepName, stepNotRun } from './run-step.ts';
import { firstStep, jobCancelled, jobFailed, type StepOrder, stageDone, stepDone } from './step-order.ts';
import { defaultsScope, type JobFacts, jobEnvScope, stepScope, workflowEnvScope } from './step-scope.ts';

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
type Env = Readonly<Record<string, string>>;

interface StepNames {
  readonly job: string;
  readonly leg: string;
  readonly step: number;
}

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
  readonly #ids: readonly string[];
  #order: StepOrder = firstStep();
  /** Of everything that ran, stages of actions included. */
  #count = 0;
  #failure: Failure | undefined;
  #report: TaskReport | undefined;

  constructor(
    settings: JobRunnerSettings,
    job: { readonly request: JobRequest; readonly frame: JobFrame; readonly emit: Emit },
  ) {
    const around = job.frame.surroundings;
    this.#settings = settings;
    this.#facts = {
      contexts: around?.contexts ?? settings.contexts,
      secrets: around?.secrets ?? settings.secrets,
      request: job.request,
      ...(around === undefined ? {} : { runner: around.runner, job: around.job }),
    };
    this.#frame = job.frame;
    this.#emit = job.emit;
    this.#ids = stepIds(job.request.job.steps);
  }

  async run(cancelled: AbortSignal): Promise<JobOutcome> {
    const env = this.#env();
    if (!env.ok) {
      const failure: Failure = { code: 'expression', message: `env: ${env.error.message}` };
      this.#frame.tellFailure?.(failure);
      return { result: 'failure', failure, outputs: {} };
    }
    const onCancel = (): void => {
      this.#order = jobCancelled(this.#order);
    };
    if (cancelled.aborted) onCancel();
    cancelled.addEventListener('abort', onCancel, { once: true });
    try {
      await this.#steps(env.value, cancelled);
    } finally {
      cancelled.removeEventListener('abort', onCancel);
    }
    return this.#outcome(this.#envNow(env.value), cancelled);
  }

  /** The workflow's, then the job's; neither sees the other. */
  #env(): Result<Env, NodeFault> {
    const outer = evaluateStrings(this.#frame.surroundings?.env, workflowEnvScope(this.#facts));
    if (!outer.ok) return outer;
    const own = evaluateStrings(this.#facts.request.job.env, jobEnvScope(this.#facts));
    return own.ok ? ok({ ...outer.value, ...own.value }) : own;
  }

  #envNow(env: Env): Env {
    const around = this.#frame.surroundings;
    return around === undefined ? env : { ...env, ...around.added() };
  }

  async #steps(env: Env, cancelled: AbortSignal): Promise<void> {
    const { job } = this.#facts.request;
    const around = this.#frame.surroundings;
    const before = await around?.setUp(defaultsScope(this.#facts, env));
    if (before?.ok === false) {
      this.#failure = before.error;
      this.#frame.tellFailure?.(before.error);
      this.#order = jobFailed(this.#order);
      return;
    }
    for (const extra of before?.value ?? []) await this.#stage(extra, env, cancelled);
    while (this.#order.next < job.steps.length) await this.#step(env, cancelled);
    for (let extra = around?.takePost(); extra !== undefined; extra = around?.takePost()) {
      await this.#stage(extra, env, cancelled);
    }
  }

  async #step(env: Env, cancelled: AbortSignal): Promise<void> {
    const { job } = this.#facts.request;
    const index = this.#order.next;
    const step = job.steps[index];
    if (step === undefined) throw new RangeError(`job ${job.id} has no step ${index}`);
    const id = this.#ids[index] ?? '';
    const done = await this.#timed(stepName(step), async (number) =>
      isWorkStep(step) && step.background !== true
        ? runStep(this.#runOf({ step, id, handler: this.#frame.handlerFor(step) }, { env, cancelled, number }))
        : stepNotRun(step),
    );
    this.#order = stepDone(this.#order, step.kind === 'parallel' ? undefined : step.id, {
      outcome: done.outcome,
      conclusion: done.conclusion,
      outputs: done.outputs,
    });
  }

  /** A stage of an action: it has a result like a step's, and nobody can refer to it. */
  async #stage(extra: ExtraStep, env: Env, cancelled: AbortSignal): Promise<void> {
    const done = await this.#timed(stepName(extra.step), (number) =>
      runStep(this.#runOf(extra, { env, cancelled, number })),
    );
    this.#order = stageDone(this.#order, done.conclusion);
  }

  #runOf(
    { step, id, handler }: Pick<StepRun, 'step' | 'id' | 'handler'>,
    { env, cancelled, number }: { readonly env: Env; readonly cancelled: AbortSignal; readonly number: number },
  ): StepRun {
    const { job, leg } = this.#facts.request;
    const names = { job: job.id, leg: leg.id, step: number };
    const scope = (stepEnv: Env, github?: JsonObject) =>
      stepScope(this.#facts, { order: this.#order, env: stepEnv, github: { action: id, ...github } });
    return {
      step,
      id,
      handler,
      env: this.#envNow(env),
      scope,
      hashes: this.#frame.surroundings?.hashes,
      tell: (news) => this.#emit(newsEvent(news, names)),
      after: this.#settings.clock.after,
      cancelled,
    };
  }

  async #timed(name: string, run: (number: number) => Promise<StepDone> | StepDone): Promise<StepDone> {
    const { job, leg } = this.#facts.request;
    const names = { job: job.id, leg: leg.id, step: ++this.#count };
    const { clock } = this.#settings;
    const started = clock.now();
    this.#emit({ type: 'step.started', ...names, name });
    const done = await run(names.step);
    this.#note(done, names);
    const { outcome, conclusion } = done;
    const duration = Math.round(clock.now() - started);
    this.#emit({ type: 'step.finished', ...names, outcome, conclusion, duration });
    return done;
  }

  #note({ outcome, conclusion, failure, told, report }: StepDone, names: StepNames): void {
    this.#report = report ?? this.#report;
    // The first failure is the cause; what fails behind it is a consequence.
    if (conclusion === 'failure' || conclusion === 'cancelled') this.#failure ??= failure;
    if (outcome !== 'failure' || failure === undefined) return;
    const { tellFailure } = this.#frame;
    if (tellFailure === undefined) {
      if (conclusion === 'failure') this.#frame.note(`failed: ${failure.message}`);
    } else if (told !== true) {
      tellFailure(failure);
      this.#emit({ type: 'annotation', ...names, level: 'error', message: failure.message });
    }
  }

  #outcome(env: Env, cancelled: AbortSignal): JobOutcome {
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

  #outputs(env: Env): Readonly<Record<string, string>> {
    const outputs = new Map<string, string>();
    for (const { key, value } of this.#facts.request.job.outputs?.entries ?? []) {
      const text = evaluateString(value, stepScope(this.#facts, { order: this.#order, env }));
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

function newsEvent(news: StepNews, names: StepNames): RunnerEvent {
  if (news.type === 'step.summary') return { ...news, ...names };
  const { code: _, ...annotation } = news.annotation;
  return { type: 'annotation', ...names, ...annotation };
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
