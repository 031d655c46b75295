/** The steps of a job at work, each in its turn: run to its end, begun in the background, or directing those there. */
import { isWorkStep, type WorkStep } from '../../workflow/index.ts';
import type { BackgroundSteps } from './background-steps.ts';
import { type ControlEnd, type ControlRun, controlName, type DirectingStep, runControl } from './control-step.ts';
import type { JobProgress } from './job-progress.ts';
import { displayName, readyStep, runStep, type StepDone, type StepPlan, stepName } from './run-step.ts';
import type { StepOrder } from './step-order.ts';
import { type JobFacts, scopesOf, stepScope } from './step-scope.ts';
import type { TellNews, TurnSettings, Turns } from './step-turn.ts';

export type Env = Readonly<Record<string, string>>;

export interface StepsSettings extends TurnSettings {
  readonly facts: JobFacts;
  readonly cancelled: AbortSignal;
  /** Aborted when a cancelled job has used up its time: nothing goes on then, whatever its condition. */
  readonly overdue: AbortSignal;
}

/** A step, or a stage of an action. */
export type RunPart = Pick<StepPlan, 'step' | 'id' | 'handler'>;

export interface NamedDone {
  /** What people see. */
  readonly name: string;
  readonly done: StepDone;
}

/** `env` is the job's own everywhere, without what steps have added. */
export interface StepWork {
  /** To its end. */
  run(part: RunPart, env: Env): Promise<NamedDone>;
  /**
   * In the background; `index` counts the steps. Its condition is a matter of its turn; the rest goes on beside the steps
   * behind it. What it came to if it is over.
   */
  begin(part: RunPart, index: number, env: Env): Promise<NamedDone | undefined>;
  direct(step: DirectingStep, env: Env): Promise<ControlEnd>;
  /** A turn in which nothing is done, for the reason given. */
  leaveOut(step: WorkStep | DirectingStep, why: string, env: Env): Promise<StepDone>;
  /** What a step sees now. */
  envNow(env: Env): Env;
}

export interface WorkPlace {
  readonly progress: JobProgress;
  readonly turns: Turns;
  readonly background: BackgroundSteps;
}

export function createStepWork(settings: StepsSettings, place: WorkPlace): StepWork {
  const work: Work = { ...settings, ...place };
  return {
    run: (part, env) => runNow(work, part, env),
    begin: (part, index, env) => beginBeside(work, part, { index, env }),
    direct: (step, env) => direct(work, step, env),
    leaveOut: (step, why, env) => leaveOut(work, step, { why, env }),
    envNow: (env) => envNow(work, env),
  };
}

type Work = StepsSettings & WorkPlace;

async function runNow(work: Work, part: RunPart, env: Env): Promise<NamedDone> {
  const { turns, progress, cancelled } = work;
  const plan = planOf(work, part, { env, order: () => progress.order });
  const name = await displayName(plan);
  const print = printOf(work);
  const run = (tell: TellNews) => runStep({ ...plan, name, print, tell, cancelled });
  return { name, done: await turns.take({ name, run }) };
}

async function beginBeside(
  work: Work,
  part: RunPart,
  { index, env }: { readonly index: number; readonly env: Env },
): Promise<NamedDone | undefined> {
  const { frame, progress, turns, background } = work;
  const { id } = part;
  const side = frame.surroundings?.sideOf(index);
  if (side === undefined) throw new Error(`nothing here runs the step ${id} in the background`);
  // What it sees is what there is now, whenever it gets to run.
  const { order } = progress;
  const plan = planOf(work, part, { env, order: () => order });
  const name = await displayName(plan);
  const ready = await readyStep(plan, name);
  if (ready.over) return { name, done: await turns.take({ name, run: () => ready.done }) };
  side.begin();
  const run = (cancelled: AbortSignal) => (tell: TellNews) =>
    ready.perform({ name, print: side.print, tell, cancelled });
  background.start({ id, name, side, run: (cancelled) => turns.take({ name, side, run: run(cancelled) }) });
  return undefined;
}

async function direct(work: Work, step: DirectingStep, env: Env): Promise<ControlEnd> {
  const control = controlOf(work, step, env);
  let failed: ControlEnd['failed'] = [];
  const run = async (): Promise<StepDone> => {
    const end = await runControl(control);
    failed = end.failed;
    return end.done;
  };
  return { done: await work.turns.take({ name: controlName(control), run }), failed };
}

function leaveOut(
  work: Work,
  step: WorkStep | DirectingStep,
  { why, env }: { readonly why: string; readonly env: Env },
): Promise<StepDone> {
  const name = isWorkStep(step) ? stepName(step) : controlName(controlOf(work, step, env));
  const run = (): StepDone => {
    work.frame.note(why);
    return { outcome: 'skipped', conclusion: 'skipped', outputs: {} };
  };
  return work.turns.take({ name, run });
}

function planOf(
  work: Work,
  { step, id, handler }: RunPart,
  { env, order }: { readonly env: Env; readonly order: () => StepOrder },
): StepPlan {
  const { facts, frame, clock, overdue } = work;
  return {
    step,
    id,
    handler,
    env: envNow(work, env),
    scope: scopesOf(order, (view) => stepScope(facts, { ...view, github: { action: id, ...view.github } })),
    hashes: frame.surroundings?.hashes,
    after: clock.after,
    debug: frame.surroundings?.debug,
    overdue,
  };
}

function controlOf(work: Work, step: DirectingStep, env: Env): ControlRun {
  const { facts, background, progress } = work;
  return {
    step,
    background,
    print: printOf(work),
    evaluate: (read) => read(stepScope(facts, { order: progress.order, env: envNow(work, env) })),
  };
}

function printOf({ frame }: Work): (line: string) => void {
  return (line) => frame.surroundings?.print(line);
}

function envNow({ frame }: Work, env: Env): Env {
  const around = frame.surroundings;
  return around === undefined ? env : { ...env, ...around.added() };
}
