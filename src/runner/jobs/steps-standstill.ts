/** Where the steps of a job stand still: at which failure, what of them is needed to go on, and how they are given up. */
import type { NamedStep } from '../../workflow/index.ts';
import type { BackgroundSteps, JoinedStep } from './background-steps.ts';
import type { JobFrame, StandingStep } from './frame.ts';
import type { JobProgress } from './job-progress.ts';
import type { StepDone } from './run-step.ts';
import type { StandingSteps } from './standing-job.ts';
import { jobFailed, stepJoined } from './step-order.ts';
import type { Turns } from './step-turn.ts';

/** The steps stand still at one that failed. */
export interface StepsStand {
  readonly steps: StandingSteps;
  readonly failed: StandingStep;
  /** Steps in the background, by index, that begin again when the job goes on in this process. */
  readonly again: readonly number[];
}

export interface StepsStandstill {
  /** Undefined while the steps go on. */
  readonly stand: StepsStand | undefined;
  /** They go on; where they stood until now. */
  leave(): StepsStand | undefined;
  /** A step is over, and nothing is made of it yet. True when the job stands still at it now. */
  atStep(done: StepDone, name: string): Promise<boolean>;
  /** The same of steps in the background that have failed: they are what begins again. */
  atJoined(failed: readonly JoinedStep[]): Promise<boolean>;
  /** The failure stands, and the steps behind it are not looked at. */
  giveUp(stand: StepsStand): void;
}

export interface StandstillSettings {
  readonly frame: JobFrame;
  readonly cancelled: AbortSignal;
  readonly steps: readonly NamedStep[];
  readonly progress: JobProgress;
  readonly turns: Turns;
  readonly background: BackgroundSteps;
}

export function createStepsStandstill(settings: StandstillSettings): StepsStandstill {
  const { frame, cancelled, steps, progress, turns, background } = settings;
  const before = frame.standstill?.before;
  let stand: StepsStand | undefined =
    before === undefined ? undefined : { steps: before, failed: before, again: before.background };

  const indicesOf = (ids: readonly string[]): readonly number[] => {
    const wanted = new Set(ids);
    return steps.flatMap(({ id }, index) => (wanted.has(id) ? [index] : []));
  };
  /** The first failure that counts: whoever watches may want to look at it before it does. */
  const standAt = async (failed: StandingStep, outputs: StandingSteps['outputs'], again: readonly string[] = []) => {
    if (frame.standstill === undefined || progress.order.status !== 'success' || cancelled.aborted) return false;
    if (!(await frame.standstill.onFailure(failed)) || cancelled.aborted) return false;
    const { name, failure } = failed;
    const rest = indicesOf([...background.rest(), ...again]);
    const standing = { order: progress.order, turns: turns.taken(), name, failure, outputs, background: rest };
    stand = { steps: standing, failed, again: indicesOf(again) };
    return true;
  };
  return {
    get stand() {
      return stand;
    },
    leave: () => {
      const stood = stand;
      stand = undefined;
      return stood;
    },
    atStep: async (done, name) => {
      const failed = done.conclusion === 'failure' ? standingStep(done, name) : undefined;
      return failed !== undefined && standAt(failed, done.outputs);
    },
    atJoined: async (joined) => {
      const [first] = joined;
      const failed = first && standingStep(first.done, first.name);
      const ids = joined.map(({ id }) => id);
      if (failed === undefined || !(await standAt(failed, {}, ids))) return false;
      // It was noted when it was waited for, and does not count yet.
      progress.setFailure(undefined);
      return true;
    },
    giveUp: ({ steps: { order, outputs }, failed }) => {
      const id = steps[order.next]?.step.id;
      const record = { outcome: 'failure', conclusion: 'failure', outputs } as const;
      progress.setFailure(failed.failure);
      progress.move((now) => stepJoined({ ...jobFailed(now), next: steps.length }, id, record));
    },
  };
}

function standingStep({ failure, process }: StepDone, name: string): StandingStep | undefined {
  return failure && { name, failure, ...(process === undefined ? {} : { process }) };
}
