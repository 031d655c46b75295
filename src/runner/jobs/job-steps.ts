/** The loop over a job's steps: what comes before them, each in its turn, and what comes after them. */
import type { Failure } from '../../shared/failure.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { TaskReport } from '../../shared/verdict.ts';
import { evaluateStrings, isWorkStep, type JsonObject, type NodeFault, stepIds } from '../../workflow/index.ts';
import type { ExtraStep } from './frame.ts';
import type { StepsEnd } from './job-outcome.ts';
import { runStep, type StepDone, type StepRun, stepName, stepNotRun } from './run-step.ts';
import { firstStep, jobCancelled, jobFailed, type StepOrder, stageDone, stepDone } from './step-order.ts';
import { defaultsScope, type JobFacts, jobEnvScope, stepScope, workflowEnvScope } from './step-scope.ts';
import { createTurns, type TakeTurn, type TellNews, type TurnSettings } from './step-turn.ts';

type Env = Readonly<Record<string, string>>;

export interface StepsSettings extends TurnSettings {
  readonly facts: JobFacts;
  readonly cancelled: AbortSignal;
}

/** Runs all there is to run, to the end in every case. */
export async function runSteps(settings: StepsSettings): Promise<StepsEnd> {
  const { cancelled } = settings;
  const steps = new JobSteps(settings);
  const onCancel = (): void => steps.cancel();
  if (cancelled.aborted) onCancel();
  cancelled.addEventListener('abort', onCancel, { once: true });
  try {
    return await steps.run();
  } finally {
    cancelled.removeEventListener('abort', onCancel);
  }
}

class JobSteps {
  readonly #settings: StepsSettings;
  readonly #ids: readonly string[];
  readonly #turn: TakeTurn;
  #order: StepOrder = firstStep();
  #failure: Failure | undefined;
  #report: TaskReport | undefined;

  constructor(settings: StepsSettings) {
    this.#settings = settings;
    this.#ids = stepIds(settings.request.job.steps);
    this.#turn = createTurns(settings);
  }

  cancel(): void {
    this.#order = jobCancelled(this.#order);
  }

  async run(): Promise<StepsEnd> {
    const env = jobEnv(this.#settings);
    if (env.ok) await this.#runAll(env.value);
    else this.#fail({ code: 'expression', message: `env: ${env.error.message}` });
    return {
      order: this.#order,
      env: env.ok ? this.#envNow(env.value) : {},
      failure: this.#failure,
      report: this.#report,
    };
  }

  async #runAll(env: Env): Promise<void> {
    const { facts, frame } = this.#settings;
    const around = frame.surroundings;
    const before = await around?.setUp(defaultsScope(facts, env), this.#settings.cancelled);
    if (before?.ok === false) return this.#fail(before.error);
    for (const extra of before?.value ?? []) await this.#stage(extra, env);
    while (this.#order.next < facts.request.job.steps.length) await this.#step(env);
    for (let extra = around?.takePost(); extra !== undefined; extra = around?.takePost()) {
      await this.#stage(extra, env);
    }
  }

  /** Of the job itself, before its first step. */
  #fail(failure: Failure): void {
    this.#failure = failure;
    this.#settings.frame.tellFailure?.(failure);
    this.#order = jobFailed(this.#order);
  }

  async #step(env: Env): Promise<void> {
    const { facts, frame } = this.#settings;
    const { job } = facts.request;
    const index = this.#order.next;
    const step = job.steps[index];
    if (step === undefined) throw new RangeError(`job ${job.id} has no step ${index}`);
    const id = this.#ids[index] ?? '';
    const done = await this.#turn(stepName(step), async (tell) =>
      isWorkStep(step) && step.background !== true
        ? runStep(this.#runOf({ step, id, handler: frame.handlerFor(step) }, env, tell))
        : stepNotRun(step),
    );
    this.#note(done);
    const { outcome, conclusion, outputs } = done;
    this.#order = stepDone(this.#order, step.kind === 'parallel' ? undefined : step.id, {
      outcome,
      conclusion,
      outputs,
    });
  }

  /** A stage of an action: it has a result like a step's, and nobody can refer to it. */
  async #stage(extra: ExtraStep, env: Env): Promise<void> {
    const done = await this.#turn(stepName(extra.step), (tell) => runStep(this.#runOf(extra, env, tell)));
    this.#note(done);
    this.#order = stageDone(this.#order, done.conclusion);
  }

  #runOf({ step, id, handler }: Pick<StepRun, 'step' | 'id' | 'handler'>, env: Env, tell: TellNews): StepRun {
    const { facts, frame, clock, cancelled } = this.#settings;
    const scope = (stepEnv: Env, github?: JsonObject) =>
      stepScope(facts, { order: this.#order, env: stepEnv, github: { action: id, ...github } });
    return {
      step,
      id,
      handler,
      env: this.#envNow(env),
      scope,
      hashes: frame.surroundings?.hashes,
      tell,
      after: clock.after,
      cancelled,
    };
  }

  #note({ conclusion, failure, report }: StepDone): void {
    this.#report = report ?? this.#report;
    if (conclusion === 'failure' || conclusion === 'cancelled') this.#failure ??= failure;
  }

  #envNow(env: Env): Env {
    const around = this.#settings.frame.surroundings;
    return around === undefined ? env : { ...env, ...around.added() };
  }
}

/** The workflow's, then the job's; neither sees the other. */
function jobEnv({ facts, frame }: StepsSettings): Result<Env, NodeFault> {
  const outer = evaluateStrings(frame.surroundings?.env, workflowEnvScope(facts));
  if (!outer.ok) return outer;
  const own = evaluateStrings(facts.request.job.env, jobEnvScope(facts));
  return own.ok ? ok({ ...outer.value, ...own.value }) : own;
}
