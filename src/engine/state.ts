/** All that the engine knows of a run at one moment. Never changed in place. */
import type { JobResult } from '../workflow/index.ts';
import type { CancelReason, JobSkipped } from './events.ts';
import type { Leg } from './legs.ts';
import type { GoOn } from './pause-events.ts';
import type { Plan } from './plan.ts';
import type { PlannedJob, WorkflowScope } from './planned-job.ts';
import { emptyQueue, enqueued, type Queue } from './queue.ts';
import { at, replaced, type Vector, vectorOf } from './vector.ts';

export interface RunState {
  /** In the order in which they came to be known: those of called workflows behind those of their callers. */
  readonly jobs: Vector<JobState>;
  /** The workflows of the run, by path. */
  readonly scopes: ReadonlyMap<string, WorkflowScope>;
  /** Jobs whose needs have all ended: to be skipped or expanded. */
  readonly toExpand: Queue<number>;
  /** Legs that only lack a slot. */
  readonly startable: Queue<LegRef>;
  /** Legs that are to call their workflow; that takes no slot. */
  readonly callable: Queue<LegRef>;
  /** Legs whose workflow is through. */
  readonly returnable: Queue<LegRef>;
  /** Legs that are to ask for a concurrency group. */
  readonly toJoin: Queue<LegRef>;
  readonly toCancel: Queue<Cancel>;
  readonly toSkip: Queue<Skip>;
  /** Legs that hold a slot. Those that call hold none. */
  readonly running: number;
  /** Legs that stand still; they hold none either. */
  readonly paused: number;
  /** Jobs that have ended, skipped ones included. */
  readonly ended: number;
  /** Whether the run has the concurrency group of its workflow, or needs none. */
  readonly admission: 'open' | 'wanted' | 'waiting';
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
  readonly planned: PlannedJob;
  /** Needs that have not ended. */
  readonly waitingFor: number;
  readonly legs: readonly LegState[];
  /** Legs that have not ended; meaningful once expanded. */
  readonly open: number;
  readonly failFast: boolean;
  readonly maxParallel: number;
  /** What the job came to, for those that need it; continue-on-error considered. */
  readonly result?: JobResult;
  /** It was skipped since nobody has approved it. */
  readonly awaiting?: true;
  readonly outputs: Readonly<Record<string, string>>;
  /** Whether this job and everything it stands on succeeded, and whether anything among it failed. */
  readonly sound: boolean;
  readonly broken: boolean;
}

/** A workflow under way for the leg that called it. */
export interface CalledState {
  readonly scope: WorkflowScope;
  /** Its jobs are those from `scope.first` on. */
  readonly jobs: number;
  /** Those that have not ended. */
  readonly open: number;
}

export interface LegState {
  readonly leg: Leg;
  /**
   * `held` waits for its matrix, `grouped` for its concurrency group, `startable` for a slot; `dropped` is about to be
   * skipped. `paused` waits for somebody, `resuming` for a slot again.
   */
  readonly phase: 'held' | 'grouped' | 'startable' | 'dropped' | 'running' | 'paused' | 'resuming' | 'ended';
  /** What was said to do when it was paused. */
  readonly goOn?: GoOn;
  /** It had begun in a process that is gone. */
  readonly begunBefore?: true;
  /** Milliseconds that it ran before it was paused. */
  readonly spent?: number;
  readonly cancelling?: CancelReason;
  /** The concurrency groups that it has. */
  readonly holds?: readonly string[];
  /** Why it had to make way in one of them: a sentence. */
  readonly displaced?: string;
  readonly called?: CalledState;
  /** It failed by itself, and not by a job that it called. */
  readonly failed?: boolean;
  readonly outcome?: JobResult;
  readonly conclusion?: JobResult;
}

export function initialState(plan: Plan): RunState {
  let toExpand = emptyQueue<number>();
  for (const job of plan.jobs) if (job.needs.length === 0) toExpand = enqueued(toExpand, job.index);
  return {
    jobs: vectorOf(plan.jobs.map(initialJob)),
    scopes: new Map([['', plan.scope]]),
    toExpand,
    startable: emptyQueue(),
    callable: emptyQueue(),
    returnable: emptyQueue(),
    toJoin: emptyQueue(),
    toCancel: emptyQueue(),
    toSkip: emptyQueue(),
    running: 0,
    paused: 0,
    ended: 0,
    admission: plan.policy.concurrency === undefined ? 'open' : 'wanted',
    finished: false,
  };
}

export function initialJob(planned: PlannedJob): JobState {
  return {
    planned,
    waitingFor: planned.needs.length,
    legs: [],
    open: 0,
    failFast: true,
    maxParallel: Number.POSITIVE_INFINITY,
    outputs: {},
    sound: true,
    broken: false,
  };
}

export function plannedAt(state: RunState, index: number): PlannedJob {
  return jobAt(state, index).planned;
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

export function isSameLeg(a: LegRef, b: LegRef): boolean {
  return a.job === b.job && a.leg === b.leg;
}

/** The job with this id; undefined when there is none. */
export function findJob(state: RunState, id: string): number | undefined {
  const end = id.lastIndexOf('.');
  const inner = state.scopes.get(id.slice(0, Math.max(0, end)))?.indexOf.get(id.slice(end + 1).toLowerCase());
  // The names of tasks may hold a point themselves.
  return inner ?? state.scopes.get('')?.indexOf.get(id.toLowerCase());
}

/** The leg that an event names. Events are made by the engine itself, so an unknown one is a bug. */
export function findLeg(state: RunState, event: { readonly job: string; readonly leg: string }): LegRef {
  const job = findJob(state, event.job);
  const leg = job === undefined ? -1 : jobAt(state, job).legs.findIndex((candidate) => candidate.leg.id === event.leg);
  if (job === undefined || leg < 0) throw new Error(`an event names the unknown leg ${event.leg} of ${event.job}`);
  return { job, leg };
}

/** Whether the run, or a workflow that this one belongs to, is being cancelled. */
export function isCancelled(state: RunState, scope: WorkflowScope): boolean {
  if (state.closing === 'cancelled') return true;
  if (scope.call === undefined) return false;
  return (
    legAt(state, scope.call).cancelling !== undefined || isCancelled(state, plannedAt(state, scope.call.job).scope)
  );
}
