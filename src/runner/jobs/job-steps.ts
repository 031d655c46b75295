/** The loop over a job's steps: what comes before them, each in its turn, and what comes after them. */
import type { GoOn } from '../../engine/index.ts';
import type { Failure } from '../../shared/failure.ts';
import { ok, type Result } from '../../shared/result.ts';
import {
  evaluateStrings,
  flattenSteps,
  isWorkStep,
  type NamedStep,
  type NodeFault,
  type WorkStep,
} from '../../workflow/index.ts';
import { type BackgroundSteps, createBackgroundSteps } from './background-steps.ts';
import type { DirectingStep } from './control-step.ts';
import type { ExtraStep } from './frame.ts';
import type { StepsEnd } from './job-outcome.ts';
import { createProgress, type JobProgress } from './job-progress.ts';
import type { StepDone } from './run-step.ts';
import { jobCancelled, jobFailed, stageDone, stepDone, stepJoined, stepStarted } from './step-order.ts';
import { jobEnvScope, workflowEnvScope } from './step-scope.ts';
import { createTurns } from './step-turn.ts';
import { createStepWork, type Env, type RunPart, type StepsSettings, type StepWork } from './step-work.ts';
import { createStepsStandstill, type StepsStand, type StepsStandstill } from './steps-standstill.ts';

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
  readonly #steps: readonly NamedStep[];
  readonly #progress: JobProgress;
  readonly #background: BackgroundSteps;
  readonly #work: StepWork;
  readonly #standstill: StepsStandstill;
  #opened = false;

  constructor(settings: StepsSettings) {
    const { frame, cancelled } = settings;
    const { before } = frame.standstill ?? {};
    const steps = flattenSteps(settings.request.job.steps);
    const progress = createProgress(before?.order);
    const turns = createTurns(settings, before?.turns);
    const given = new Map(steps.map(({ step, id }) => [id, step.id]));
    const background = createBackgroundSteps({
      cancelled,
      onJoin: ({ id, done }) => {
        progress.note(done);
        progress.move((order) => stepJoined(order, given.get(id), done));
      },
    });
    this.#settings = settings;
    this.#steps = steps;
    this.#progress = progress;
    this.#background = background;
    this.#work = createStepWork(settings, { progress, turns, background });
    this.#standstill = createStepsStandstill({ frame, cancelled, steps, progress, turns, background });
  }

  cancel(): void {
    this.#progress.move(jobCancelled);
  }

  async run(goOn: GoOn | undefined): Promise<StepsEnd | StepsStand> {
    const env = jobEnv(this.#settings);
    if (env.ok) await this.#runAll(env.value, goOn);
    else this.#fail({ code: 'expression', message: `env: ${env.error.message}` });
    const { order, failure, report } = this.#progress;
    return this.#standstill.stand ?? { order, env: env.ok ? this.#work.envNow(env.value) : {}, failure, report };
  }

  async #runAll(env: Env, goOn: GoOn | undefined): Promise<void> {
    try {
      await this.#runInOrder(env, goOn);
    } finally {
      // A job that stays open keeps what runs in the background.
      const stays = this.#stands() && this.#settings.frame.standstill?.staysOpen === true;
      if (!stays) await this.#background.end();
    }
  }

  async #runInOrder(env: Env, goOn: GoOn | undefined): Promise<void> {
    if (!(await this.#open(env))) return;
    const stood = this.#standstill.leave();
    if (stood !== undefined && goOn === 'abort') this.#standstill.giveUp(stood);
    else for (const index of stood?.again ?? []) await this.#beginAgain(index, env);
    while (this.#progress.order.next < this.#steps.length) {
      await this.#step(env);
      await this.#background.showEnded();
      if (this.#stands()) return;
    }
    await this.#settle(env);
    if (!this.#stands()) await this.#stagesBehind(env);
  }

  #stands(): boolean {
    return this.#standstill.stand !== undefined;
  }

  /** Once. False when the job has failed for it. */
  async #open(env: Env): Promise<boolean> {
    if (this.#opened) return true;
    this.#opened = true;
    const { frame, cancelled } = this.#settings;
    const before = await frame.surroundings?.setUp(env, cancelled);
    if (before?.ok === false) {
      this.#standstill.leave();
      this.#fail(before.error);
      return false;
    }
    for (const extra of before?.value ?? []) await this.#stage(extra, env);
    return true;
  }

  /** Of the job itself, before its first step. */
  #fail(failure: Failure): void {
    this.#progress.setFailure(failure);
    this.#settings.frame.tellFailure?.(failure);
    this.#progress.move(jobFailed);
  }

  async #step(env: Env): Promise<void> {
    const { request, frame } = this.#settings;
    const index = this.#progress.order.next;
    const named = this.#steps[index];
    if (named === undefined) throw new RangeError(`job ${request.job.id} has no step ${index}`);
    const { step, id } = named;
    const why = frame.surroundings?.leftOut(index);
    if (why !== undefined) return this.#finish(await this.#work.leaveOut(step, why, env), step.id);
    if (!isWorkStep(step)) return this.#direct(step, env);
    const part = this.#partOf(step, id, index);
    const over = await (step.background === true ? this.#work.begin(part, index, env) : this.#work.run(part, env));
    if (over === undefined) this.#progress.move(stepStarted);
    else if (!(await this.#standstill.atStep(over.done, over.name))) this.#finish(over.done, step.id);
  }

  async #direct(step: DirectingStep, env: Env): Promise<void> {
    const { done, failed } = await this.#work.direct(step, env);
    const counts = done.conclusion === 'failure';
    if (!(counts && (await this.#standstill.atJoined(failed)))) this.#finish(done, step.id);
  }

  #partOf(step: WorkStep, id: string, index: number): RunPart {
    return { step, id, handler: this.#settings.frame.handlerFor(step, index) };
  }

  #finish(done: StepDone, id: string | undefined): void {
    this.#progress.note(done);
    this.#progress.move((order) => stepDone(order, id, done));
  }

  /** A step in the background that failed, or ended with the process which the job stood still in. */
  async #beginAgain(index: number, env: Env): Promise<void> {
    const named = this.#steps[index];
    if (named === undefined || !isWorkStep(named.step)) return;
    const { step, id } = named;
    const over = await this.#work.begin(this.#partOf(step, id, index), index, env);
    if (over === undefined) return;
    this.#background.settle(id, over.done);
    this.#progress.move((order) => stepJoined(order, step.id, over.done));
  }

  /** Nobody leaves a step in the background behind, and what all of them came to counts for the job. */
  async #settle(env: Env): Promise<void> {
    if (this.#background.rest().length > 0) await this.#work.direct({ kind: 'wait-all' }, env);
    if (await this.#standstill.atJoined(this.#background.failed())) return;
    for (const conclusion of this.#background.conclusions()) {
      this.#progress.move((order) => stageDone(order, conclusion));
    }
  }

  async #stagesBehind(env: Env): Promise<void> {
    const around = this.#settings.frame.surroundings;
    for (let extra = around?.takePost(); extra !== undefined; extra = around?.takePost()) await this.#stage(extra, env);
  }

  /** A stage of an action: it has a result like a step's, and nobody can refer to it. */
  async #stage(extra: ExtraStep, env: Env): Promise<void> {
    const { done } = await this.#work.run(extra, env);
    this.#progress.note(done);
    this.#progress.move((order) => stageDone(order, done.conclusion));
  }
}

/** The workflow's, then the job's; neither sees the other. */
function jobEnv({ facts, frame }: StepsSettings): Result<Env, NodeFault> {
  const outer = evaluateStrings(frame.surroundings?.env, workflowEnvScope(facts));
  if (!outer.ok) return outer;
  const own = evaluateStrings(facts.request.job.env, jobEnvScope(facts));
  return own.ok ? ok({ ...outer.value, ...own.value }) : own;
}
