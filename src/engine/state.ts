/** All that the engine knows of a run at one moment. Never changed in place. */
import type { JobResult } from '../workflow/index.ts';
import type { CancelReason, JobSkipped, Leg } from './events.ts';
import type { Plan } from './plan.ts';
import { emptyQueue, enqueued, type Queue } from './queue.ts';
import { at, replaced, type Vector, vectorOf } from './vector.ts';

export interface RunState {
  readonly jobs: Vector<JobState>;
  /** Jobs whose needs have all ended: to be skipped or expanded. */
  readonly toExpand: Queue<number>;
  /** Legs that only lack a slot. */
  readonly startable: Queue<LegRef>;
  readonly toCancel: Queue<Cancel>;
  readonly toSkip: Queue<Skip>;
  /** Concurrency groups in use, by lower-case name. */
  readonly groups: ReadonlyMap<string, Group>;
  /** Legs that hold a slot. */
  readonly running: number;
  /** Jobs that have ended, skipped ones included. */
  readonly ended: number;
  /** Why nothing new starts, save what outlives it. */
  readonly closing?: 'on-failure' | 'cancelled';
  readonly cancelReason?: CancelReason;
  readonly finished: boolean;
}

export interface LegRef {
  readonly job: number;
  readonly leg: number;
}

export interface Cancel extends LegRef {
  readonly reason: CancelReason;
}

export interface Skip extends LegRef {
  readonly reason: JobSkipped['reason'];
}

export interface JobState {
  /** Needs that have not ended. */
  readonly waitingFor: number;
  readonly legs: readonly LegState[];
  /** Legs that have not ended; meaningful once expanded. */
  readonly open: number;
  readonly failFast: boolean;
  readonly maxParallel: number;
  /** What the job came to, for those that need it; continue-on-error considered. */
  readonly result?: JobResult;
  readonly outputs: Readonly<Record<string, string>>;
  /** Whether this job and everything it stands on succeeded, and whether anything among it failed. */
  readonly sound: boolean;
  readonly broken: boolean;
}

export interface LegState {
  readonly leg: Leg;
  /** `held` waits for its matrix, `grouped` for its concurrency group, `startable` for a slot; `dropped` is about to be skipped. */
  readonly phase: 'held' | 'grouped' | 'startable' | 'dropped' | 'running' | 'ended';
  readonly cancelling?: CancelReason;
  readonly outcome?: JobResult;
  readonly conclusion?: JobResult;
}

export interface Group {
  readonly holder: LegRef;
  readonly pending: readonly LegRef[];
}

export function initialState(plan: Plan): RunState {
  let toExpand = emptyQueue<number>();
  for (const job of plan.jobs) if (job.needs.length === 0) toExpand = enqueued(toExpand, job.index);
  return {
    jobs: vectorOf(
      plan.jobs.map(
        (job): JobState => ({
          waitingFor: job.needs.length,
          legs: [],
          open: 0,
          failFast: true,
          maxParallel: Number.POSITIVE_INFINITY,
          outputs: {},
          sound: true,
          broken: false,
        }),
      ),
    ),
    toExpand,
    startable: emptyQueue(),
    toCancel: emptyQueue(),
    toSkip: emptyQueue(),
    groups: new Map(),
    running: 0,
    ended: 0,
    finished: false,
  };
}

export function jobAt(state: RunState, index: number): JobState {
  return at(state.jobs, index);
}

export function withJob(state: RunState, index: number, job: JobState): RunState {
  return { ...state, jobs: replaced(state.jobs, index, job) };
}

export function withLeg(state: RunState, ref: LegRef, change: Partial<LegState>): RunState {
  const job = jobAt(state, ref.job);
  const legs = job.legs.map((leg, index) => (index === ref.leg ? { ...leg, ...change } : leg));
  return withJob(state, ref.job, { ...job, legs });
}

export function legAt(state: RunState, ref: LegRef): LegState {
  const leg = jobAt(state, ref.job).legs[ref.leg];
  if (leg === undefined) throw new RangeError(`job ${ref.job} has no leg ${ref.leg}`);
  return leg;
}

/** The leg that an event names. Events are made by the engine itself, so an unknown one is a bug. */
export function findLeg(plan: Plan, state: RunState, event: { readonly job: string; readonly leg: string }): LegRef {
  const job = plan.indexOf.get(event.job.toLowerCase());
  const leg = job === undefined ? -1 : jobAt(state, job).legs.findIndex((candidate) => candidate.leg.id === event.leg);
  if (job === undefined || leg < 0) throw new Error(`an event names the unknown leg ${event.leg} of ${event.job}`);
  return { job, leg };
}
