/** The loop over a job's steps: what comes before them, each in its turn, and what comes after them. */
import type { GoOn } from '../../engine/index.ts';
import type { Failure } from '../../shared/failure.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { TaskReport } from '../../shared/verdict.ts';
import { evaluateStrings, isWorkStep, type JsonObject, type NodeFault, stepIds } from '../../workflow/index.ts';
import type { ExtraStep, JobFrame, StandingStep } from './frame.ts';
import type { StepsEnd } from './job-outcome.ts';
import { runStep, type StepDone, type StepRun, stepName, stepNotRun } from './run-step.ts';
import type { StandingSteps } from './standing-job.ts';
import { firstStep, jobCancelled, jobFailed, type StepOrder, stageDone, stepDone } from './step-order.ts';
import { defaultsScope, type JobFacts, jobEnvScope, stepScope, workflowEnvScope } from './step-scope.ts';
import { createTurns, type TakeTurn, type TellNews, type TurnSettings } from './step-turn.ts';

type Env = Readonly<Record<string, string>>;

export interface StepsSettings extends TurnSettings {
  readonly facts: JobFacts;
  readonly cancelled: AbortSignal;
}

/** The steps stand still at one that failed. */
export interface StepsStand {
  readonly steps: StandingSteps;
  readonly failed: StandingStep;
}

export interface RunSteps {
  /** Runs all there is to run, to the end or to where the steps stand still; from there it is called again. */
  run(goOn: GoOn | undefined): Promise<StepsEnd | StepsStand>;
}

export function createSteps(settings: StepsSettings): RunSteps {
  const { cancelled } = settings;
  const steps = new JobSteps(settings);
  const onCancel = (): void => steps.cancel();
  return {
    run: async (goOn) => {
      if (cancelled.aborted) onCancel();
      cancelled.addEventListener('abort', onCancel, { once: true });
      try {
        return await steps.run(goOn);
      } finally {
        cancelled.removeEventListener('abort', onCancel);
      }
    },
  };
}

class JobSteps {
  readonly #settings: StepsSettings;
  readonly #ids: readonly string[];
  readonly #turn: TakeTurn;
  #order: StepOrder = firstStep();
  #turns = 0;
  #opened = false;
  #stand: StepsStand | undefined;
  #failure: Failure | undefined;
  #report: TaskReport | undefined;

  constructor(settings: StepsSettings) {
    this.#settings = settings;
    this.#ids = stepIds(settings.request.job.steps);
    const { before } = settings.frame.standstill ?? {};
    const turn = createTurns(settings, before?.turns);
    this.#turn = (name, run) => {
      this.#turns++;
      return turn(name, run);
    };
    if (before === undefined) return;
    this.#order = before.order;
    this.#turns = before.turns;
    this.#stand = { steps: before, failed: before };
  }

  cancel(): void {
    this.#order = jobCancelled(this.#order);
  }

  async run(goOn: GoOn | undefined): Promise<StepsEnd | StepsStand> {
    const env = jobEnv(this.#settings);
    if (env.ok) await this.#runAll(env.value, goOn);
    else this.#fail({ code: 'expression', message: `env: ${env.error.message}` });
    return (
      this.#stand ?? {
        order: this.#order,
        env: env.ok ? this.#envNow(env.value) : {},
        failure: this.#failure,
        report: this.#report,
      }
    );
  }

  async #runAll(env: Env, goOn: GoOn | undefined): Promise<void> {
    const { facts, frame } = this.#settings;
    const around = frame.surroundings;
    const { length } = facts.request.job.steps;
    if (!(await this.#open(env))) return;
    const stood = this.#stand;
    this.#stand = undefined;
    if (stood !== undefined && goOn === 'abort') this.#giveUp(stood, length);
    while (this.#order.next < length) {
      await this.#step(env);
      if (this.#stand !== undefined) return;
    }
    for (let extra = around?.takePost(); extra !== undefined; extra = around?.takePost()) {
      await this.#stage(extra, env);
    }
  }

  /** Once. False when the job has failed for it. */
  async #open(env: Env): Promise<boolean> {
    if (this.#opened) return true;
    this.#opened = true;
    const { facts, frame, cancelled } = this.#settings;
    const before = await frame.surroundings?.setUp(defaultsScope(facts, env), cancelled);
    if (before?.ok === false) {
      this.#stand = undefined;
      this.#fail(before.error);
      return false;
    }
    for (const extra of before?.value ?? []) await this.#stage(extra, env);
    return true;
  }

  /** The failure stands, and the steps behind it are not looked at. */
  #giveUp({ steps, failed }: StepsStand, next: number): void {
    this.#failure = failed.failure;
    this.#order = { ...jobFailed(this.#order), next };
    const step = this.#settings.request.job.steps[steps.order.next];
    const id = step?.kind === 'parallel' ? undefined : step?.id;
    if (id === undefined) return;
    const record = { outcome: 'failure', conclusion: 'failure', outputs: steps.outputs } as const;
    this.#order = { ...this.#order, results: new Map(this.#order.results).set(id, record) };
  }

  /** A failure that counts, and the first: whoever watches may want to look at it before it does. */
  async #standsStill({ conclusion, failure, process, outputs }: StepDone, name: string): Promise<boolean> {
    const { frame, cancelled } = this.#settings;
    if (conclusion !== 'failure' || failure === undefined || frame.standstill === undefined) return false;
    if (this.#order.status !== 'success' || cancelled.aborted) return false;
    const failed = { name, failure, ...(process === undefined ? {} : { process }) };
    if (!(await frame.standstill.onFailure(failed)) || cancelled.aborted) return false;
    this.#stand = { steps: { order: this.#order, turns: this.#turns, name, failure, outputs }, failed };
    return true;
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
    const name = stepName(step);
    const done = await this.#turn(name, async (tell) => {
      const why = frame.surroundings?.leftOut(index);
      if (why !== undefined) return leftOut(why, frame);
      return isWorkStep(step) && step.background !== true
        ? runStep(this.#runOf({ step, id, handler: frame.handlerFor(step) }, env, tell))
        : stepNotRun(step);
    });
    if (await this.#standsStill(done, name)) return;
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

function leftOut(why: string, frame: JobFrame): StepDone {
  frame.note(why);
  return { outcome: 'skipped', conclusion: 'skipped', outputs: {} };
}

/** The workflow's, then the job's; neither sees the other. */
function jobEnv({ facts, frame }: StepsSettings): Result<Env, NodeFault> {
  const outer = evaluateStrings(frame.surroundings?.env, workflowEnvScope(facts));
  if (!outer.ok) return outer;
  const own = evaluateStrings(facts.request.job.env, jobEnvScope(facts));
  return own.ok ? ok({ ...outer.value, ...own.value }) : own;
}
