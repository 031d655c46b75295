/** A job's steps in the background: at most ten at once, waited for, called off, and joined to the job in the end. */
import type { JobResult } from '../../workflow/index.ts';
import type { SidePlace } from './frame.ts';
import { brokenOutcome } from './job-outcome.ts';
import type { StepDone } from './run-step.ts';

export interface BackgroundStep {
  /** Given or generated: what a wait names it by. */
  readonly id: string;
  /** What people see. */
  readonly name: string;
  readonly side: SidePlace;
  /** Its turn, once there is room for it. */
  readonly run: (cancelled: AbortSignal) => Promise<StepDone>;
}

export interface JoinedStep extends Pick<BackgroundStep, 'id' | 'name'> {
  readonly done: StepDone;
}

export interface BackgroundSteps {
  start(step: BackgroundStep): void;
  /** One that was to begin again, and has come to this without: whatever it came to before does not count. */
  settle(id: string, done: StepDone): void;
  /** Ids of those that nobody has waited for yet, in the order in which they were started. */
  rest(): readonly string[];
  /** What people see of a step; the id itself where there is none of it, such as one that was skipped. */
  nameOf(id: string): string;
  /** Waits for their ends, showing their output one after the other. Ids of no step in the background are passed over. */
  join(ids: readonly string[]): Promise<readonly JoinedStep[]>;
  /** Asks a step to end, then waits for that. Being cancelled does not count against the job from then on. */
  callOff(id: string): Promise<readonly JoinedStep[]>;
  /** Shows the output of those that have ended. */
  showEnded(): Promise<void>;
  /** Those that have failed, whoever has waited for them. */
  failed(): readonly JoinedStep[];
  /** What counts for the job in the end. */
  conclusions(): readonly JobResult[];
  /** Ends all of them. */
  end(): Promise<void>;
}

export interface BackgroundSettings {
  /** Of the job; steps in the background end with it whatever their conditions say. */
  readonly cancelled: AbortSignal;
  /** Told of each step once, when it is waited for. */
  readonly onJoin: (step: JoinedStep) => void;
}

interface Running {
  readonly step: BackgroundStep;
  readonly controller: AbortController;
  readonly ended: Promise<StepDone>;
  done?: StepDone;
  joined: boolean;
  calledOff: boolean;
}

const MOST_AT_ONCE = 10;

export function createBackgroundSteps({ cancelled, onJoin }: BackgroundSettings): BackgroundSteps {
  const steps = new Map<string, Running>();
  const slots = createSlots(MOST_AT_ONCE);

  const finish = async (running: Running): Promise<JoinedStep> => {
    const { id, name, side } = running.step;
    const [done] = await Promise.all([running.ended, side.show()]);
    const joined = { id, name, done };
    if (!running.joined) {
      running.joined = true;
      side.join();
      onJoin(joined);
    }
    return joined;
  };
  const join = async (ids: readonly string[]): Promise<readonly JoinedStep[]> => {
    const joined: JoinedStep[] = [];
    for (const id of ids) {
      const running = steps.get(id);
      if (running !== undefined) joined.push(await finish(running));
    }
    return joined;
  };
  return {
    start: (step) => {
      const controller = new AbortController();
      const signal = AbortSignal.any([controller.signal, cancelled]);
      const ended = slots.use(() => step.run(signal), signal).catch(broken);
      const running: Running = { step, controller, ended, joined: false, calledOff: false };
      steps.set(step.id, running);
      void ended.then((done) => {
        running.done = done;
      });
    },
    settle: (id, done) => {
      const before = steps.get(id);
      if (before !== undefined) steps.set(id, { ...before, ended: Promise.resolve(done), done, joined: true });
    },
    rest: () => [...steps.values()].filter(({ joined }) => !joined).map(({ step }) => step.id),
    nameOf: (id) => steps.get(id)?.step.name ?? id,
    join,
    callOff: async (id) => {
      const running = steps.get(id);
      if (running === undefined) return [];
      running.calledOff = true;
      running.controller.abort({ reason: 'step', message: 'a step of the job called it off' });
      return join([id]);
    },
    showEnded: async () => {
      for (const { step, done } of steps.values()) if (done !== undefined) await step.side.show();
    },
    failed: () => [...steps.values()].flatMap(failureOf),
    conclusions: () => [...steps.values()].flatMap(conclusionOf),
    end: async () => {
      for (const { controller } of steps.values()) controller.abort({ reason: 'step', message: 'the job is over' });
      await join([...steps.keys()]);
    },
  };
}

function failureOf({ step: { id, name }, done }: Running): readonly JoinedStep[] {
  return done?.conclusion === 'failure' ? [{ id, name, done }] : [];
}

function conclusionOf({ done, calledOff }: Running): readonly JobResult[] {
  return done === undefined || (calledOff && done.conclusion === 'cancelled') ? [] : [done.conclusion];
}

function broken(error: unknown): StepDone {
  const { failure } = brokenOutcome(error);
  return { outcome: 'failure', conclusion: 'failure', outputs: {}, ...(failure === undefined ? {} : { failure }) };
}

interface Slots {
  /** Runs the work when there is room; one that is cancelled before is not begun. */
  use(work: () => Promise<StepDone>, cancelled: AbortSignal): Promise<StepDone>;
}

function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  const take = (cancelled: AbortSignal): Promise<boolean> => {
    if (cancelled.aborted) return Promise.resolve(false);
    if (free > 0) {
      free--;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const go = (): void => {
        cancelled.removeEventListener('abort', giveUp);
        resolve(true);
      };
      const giveUp = (): void => {
        waiting.splice(waiting.indexOf(go), 1);
        resolve(false);
      };
      waiting.push(go);
      cancelled.addEventListener('abort', giveUp, { once: true });
    });
  };
  const give = (): void => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return {
    use: async (work, cancelled) => {
      if (!(await take(cancelled))) return { outcome: 'cancelled', conclusion: 'cancelled', outputs: {} };
      try {
        return await work();
      } finally {
        give();
      }
    },
  };
}
