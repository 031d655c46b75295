/** The loop over a job's steps: what comes before them, each in its turn, and what comes after them. */
import type { GoOn } from '../../engine/index.ts';
import type { Failure } from '../../shared/failure.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { TaskReport } from '../../shared/verdict.ts';
import { evaluateStrings, flattenSteps, isWorkStep, type NamedStep, type NodeFault } from '../../workflow/index.ts';
import { type BackgroundSteps, createBackgroundSteps, type JoinedStep } from './background-steps.ts';
import { type ControlEnd, type ControlRun, controlName, type DirectingStep, runControl } from './control-step.ts';
import type { ExtraStep, JobFrame, StandingStep } from './frame.ts';
import type { StepsEnd } from './job-outcome.ts';
import { displayName, readyStep, runStep, type StepDone, type StepPlan, stepName } from './run-step.ts';
import type { StandingSteps } from './standing-job.ts';
import {
  firstStep,
  jobCancelled,
  jobFailed,
  type StepOrder,
  stageDone,
  stepDone,
  stepJoined,
  stepStarted,
} from './step-order.ts';
import { type JobFacts, jobEnvScope, scopesOf, stepScope, workflowEnvScope } from './step-scope.ts';
import { createTurns, type TakeTurn, type TellNews, type TurnSettings } from './step-turn.ts';

type Env = Readonly<Record<string, string>>;

export interface StepsSettings extends TurnSettings {
  readonly facts: JobFacts;
  readonly cancelled: AbortSignal;
  /** Aborted when a cancelled job has used up its time: nothing goes on then, whatever its condition. */
  readonly overdue: AbortSignal;
}

/** The steps stand still at one that failed. */
export interface StepsStand {
  readonly steps: StandingSteps;
  readonly failed: StandingStep;
  /** Steps in the background, by index, that begin again when the job goes on in this process. */
  readonly again: readonly number[];
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

type RunPart = Pick<StepPlan, 'step' | 'id' | 'handler'>;

interface NamedDone {
  readonly name: string;
  readonly done: StepDone;
}

class JobSteps {
  readonly #settings: StepsSettings;
  readonly #steps: readonly NamedStep[];
  readonly #turn: TakeTurn;
  readonly #background: BackgroundSteps;
  #order: StepOrder = firstStep();
  #turns = 0;
  #opened = false;
  #stand: StepsStand | undefined;
  #failure: Failure | undefined;
  #report: TaskReport | undefined;

  constructor(settings: StepsSettings) {
    this.#settings = settings;
    this.#steps = flattenSteps(settings.request.job.steps);
    const { before } = settings.frame.standstill ?? {};
    const turn = createTurns(settings, before?.turns);
    this.#turn = (one) => {
      this.#turns++;
      return turn(one);
    };
    const given = new Map(this.#steps.map(({ step, id }) => [id, step.id]));
    this.#background = createBackgroundSteps({
      cancelled: settings.cancelled,
      onJoin: ({ id, done }) => {
        this.#note(done);
        this.#order = stepJoined(this.#order, given.get(id), done);
      },
    });
    if (before === undefined) return;
    this.#order = before.order;
    this.#turns = before.turns;
    this.#stand = { steps: before, failed: before, again: before.background };
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
    try {
      await this.#runInOrder(env, goOn);
    } finally {
      // A job that stays open keeps what runs in the background.
      const stays = this.#stand !== undefined && this.#settings.frame.standstill?.staysOpen === true;
      if (!stays) await this.#background.end();
    }
  }

  async #runInOrder(env: Env, goOn: GoOn | undefined): Promise<void> {
    const { length } = this.#steps;
    if (!(await this.#open(env))) return;
    const stood = this.#stand;
    this.#stand = undefined;
    if (stood !== undefined && goOn === 'abort') this.#giveUp(stood, length);
    else for (const index of stood?.again ?? []) await this.#beginAgain(index, env);
    while (this.#order.next < length) {
      await this.#step(env);
      await this.#background.showEnded();
      if (this.#stand !== undefined) return;
    }
    await this.#settle(env);
    if (this.#stand === undefined) await this.#stagesBehind(env);
  }

  async #stagesBehind(env: Env): Promise<void> {
    const around = this.#settings.frame.surroundings;
    for (let extra = around?.takePost(); extra !== undefined; extra = around?.takePost()) {
      await this.#stage(extra, env);
    }
  }

  /** Once. False when the job has failed for it. */
  async #open(env: Env): Promise<boolean> {
    if (this.#opened) return true;
    this.#opened = true;
    const { frame, cancelled } = this.#settings;
    const before = await frame.surroundings?.setUp(env, cancelled);
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
    const id = this.#steps[steps.order.next]?.step.id;
    this.#order = stepJoined(this.#order, id, { outcome: 'failure', conclusion: 'failure', outputs: steps.outputs });
  }

  /** A failure that counts, and the first: whoever watches may want to look at it before it does. */
  async #standsStill({ conclusion, failure, process, outputs }: StepDone, name: string): Promise<boolean> {
    if (conclusion !== 'failure' || failure === undefined) return false;
    const failed = { name, failure, ...(process === undefined ? {} : { process }) };
    return this.#standsAt(failed, outputs);
  }

  /** The same of steps in the background: they are what begins again. */
  async #standsStillFor(steps: readonly JoinedStep[]): Promise<boolean> {
    const [first] = steps;
    const failure = first?.done.failure;
    if (first === undefined || failure === undefined) return false;
    const { process } = first.done;
    const failed = { name: first.name, failure, ...(process === undefined ? {} : { process }) };
    const ids = steps.map(({ id }) => id);
    if (!(await this.#standsAt(failed, {}, ids))) return false;
    // It was noted when it was waited for, and does not count yet.
    this.#failure = undefined;
    return true;
  }

  async #standsAt(
    failed: StandingStep,
    outputs: StandingSteps['outputs'],
    again: readonly string[] = [],
  ): Promise<boolean> {
    const { frame, cancelled } = this.#settings;
    if (frame.standstill === undefined || this.#order.status !== 'success' || cancelled.aborted) return false;
    if (!(await frame.standstill.onFailure(failed)) || cancelled.aborted) return false;
    const { name, failure } = failed;
    const background = this.#indicesOf([...this.#background.rest(), ...again]);
    const steps = { order: this.#order, turns: this.#turns, name, failure, outputs, background };
    this.#stand = { steps, failed, again: this.#indicesOf(again) };
    return true;
  }

  #indicesOf(ids: readonly string[]): readonly number[] {
    const wanted = new Set(ids);
    return this.#steps.flatMap(({ id }, index) => (wanted.has(id) ? [index] : []));
  }

  /** Of the job itself, before its first step. */
  #fail(failure: Failure): void {
    this.#failure = failure;
    this.#settings.frame.tellFailure?.(failure);
    this.#order = jobFailed(this.#order);
  }

  async #step(env: Env): Promise<void> {
    const { request, frame } = this.#settings;
    const index = this.#order.next;
    const named = this.#steps[index];
    if (named === undefined) throw new RangeError(`job ${request.job.id} has no step ${index}`);
    const { step, id } = named;
    const why = frame.surroundings?.leftOut(index);
    if (why !== undefined) {
      const name = isWorkStep(step) ? stepName(step) : controlName(this.#controlOf(step, env));
      return this.#finish(await this.#turn({ name, run: () => leftOut(why, frame) }), step.id);
    }
    if (!isWorkStep(step)) {
      const { done, failed } = await this.#control(step, env);
      const counts = done.conclusion === 'failure';
      if (!(counts && (await this.#standsStillFor(failed)))) this.#finish(done, step.id);
      return;
    }
    const part = { step, id, handler: frame.handlerFor(step, index) };
    if (step.background === true) {
      const over = await this.#begin(part, index, env);
      if (over === undefined) this.#order = stepStarted(this.#order);
      else if (!(await this.#standsStill(over.done, over.name))) this.#finish(over.done, step.id);
      return;
    }
    const { name, done } = await this.#work(part, env);
    if (!(await this.#standsStill(done, name))) this.#finish(done, step.id);
  }

  #finish(done: StepDone, id: string | undefined): void {
    this.#note(done);
    this.#order = stepDone(this.#order, id, done);
  }

  async #work(part: RunPart, env: Env): Promise<NamedDone> {
    const plan = this.#planOf(part, env);
    const { cancelled, frame } = this.#settings;
    const name = await displayName(plan);
    const print = (line: string): void => frame.surroundings?.print(line);
    const run = (tell: TellNews) => runStep({ ...plan, name, print, tell, cancelled });
    return { name, done: await this.#turn({ name, run }) };
  }

  /** A step in the background that failed, or ended with the process which the job stood still in. */
  async #beginAgain(index: number, env: Env): Promise<void> {
    const named = this.#steps[index];
    if (named === undefined || !isWorkStep(named.step)) return;
    const { step, id } = named;
    const over = await this.#begin({ step, id, handler: this.#settings.frame.handlerFor(step, index) }, index, env);
    if (over === undefined) return;
    this.#background.settle(id, over.done);
    this.#order = stepJoined(this.#order, step.id, over.done);
  }

  /** Its condition is a matter of its turn; the rest goes on beside the steps behind it. What it came to if it is over. */
  async #begin(part: RunPart, index: number, env: Env): Promise<NamedDone | undefined> {
    const side = this.#settings.frame.surroundings?.sideOf(index);
    if (side === undefined) throw new Error(`nothing here runs the step ${part.id} in the background`);
    // What it sees is what there is now, whenever it gets to run.
    const order = this.#order;
    const plan = this.#planOf(part, env, () => order);
    const name = await displayName(plan);
    const ready = await readyStep(plan, name);
    if (ready.over) return { name, done: await this.#turn({ name, run: () => ready.done }) };
    side.begin();
    this.#background.start({
      id: part.id,
      name,
      side,
      run: (cancelled) =>
        this.#turn({ name, side, run: (tell) => ready.perform({ name, print: side.print, tell, cancelled }) }),
    });
    return undefined;
  }

  #controlOf(step: DirectingStep, env: Env): ControlRun {
    const { facts, frame } = this.#settings;
    return {
      step,
      background: this.#background,
      print: (line) => frame.surroundings?.print(line),
      evaluate: (read) => read(stepScope(facts, { order: this.#order, env: this.#envNow(env) })),
    };
  }

  async #control(step: DirectingStep, env: Env): Promise<ControlEnd> {
    const run = this.#controlOf(step, env);
    let failed: ControlEnd['failed'] = [];
    const perform = async (): Promise<StepDone> => {
      const end = await runControl(run);
      failed = end.failed;
      return end.done;
    };
    return { done: await this.#turn({ name: controlName(run), run: perform }), failed };
  }

  /** Nobody leaves a step in the background behind, and what all of them came to counts for the job. */
  async #settle(env: Env): Promise<void> {
    if (this.#background.rest().length > 0) await this.#control({ kind: 'wait-all' }, env);
    if (await this.#standsStillFor(this.#background.failed())) return;
    for (const conclusion of this.#background.conclusions()) this.#order = stageDone(this.#order, conclusion);
  }

  /** A stage of an action: it has a result like a step's, and nobody can refer to it. */
  async #stage(extra: ExtraStep, env: Env): Promise<void> {
    const { done } = await this.#work(extra, env);
    this.#note(done);
    this.#order = stageDone(this.#order, done.conclusion);
  }

  #planOf({ step, id, handler }: RunPart, env: Env, order = () => this.#order): StepPlan {
    const { facts, frame, clock, overdue } = this.#settings;
    const scope = scopesOf(order, (view) => stepScope(facts, { ...view, github: { action: id, ...view.github } }));
    return {
      step,
      id,
      handler,
      env: this.#envNow(env),
      scope,
      hashes: frame.surroundings?.hashes,
      after: clock.after,
      debug: frame.surroundings?.debug,
      overdue,
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
