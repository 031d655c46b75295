/** Where a run stands: in a word, and in the form that programs read. */
import type { ReviewReport } from '../shared/verdict.ts';
import { recordedReason } from './trouble.ts';
import type { LegView, Phase, RunView, Standing } from './view.ts';

/** `crashed`: there is no end on record, and the process that would write one is gone. */
export type RunState = 'starting' | 'running' | 'cancelling' | 'finished' | 'paused' | 'crashed';

/** `lost`: the run's process is gone, which no record can tell. */
export function stateOf(view: RunView, lost: boolean): RunState {
  if (view.finished) return view.finished.result === 'paused' ? 'paused' : 'finished';
  if (lost) return 'crashed';
  if (view.cancelling) return 'cancelling';
  return view.firstTime === undefined ? 'starting' : 'running';
}

type Conclusion = NonNullable<LegView['conclusion']>;

/** As JSON, what is undefined is left out. Times are ISO 8601 in UTC, spans milliseconds. */
export interface RunStatus {
  readonly run: string;
  readonly name: string | undefined;
  /** What this run of a workflow is called. */
  readonly title: string | undefined;
  readonly kind: 'tasks' | 'workflow' | undefined;
  /** The orchestrator.yaml or the workflow. */
  readonly file: string | undefined;
  readonly state: RunState;
  /** Why it is being cancelled, or was; what it waits for. */
  readonly message: string | undefined;
  readonly result: 'success' | 'failure' | 'cancelled' | 'incomplete' | 'paused' | undefined;
  readonly exitCode: number | undefined;
  readonly started: string | undefined;
  /** The time of the last event. */
  readonly last: string | undefined;
  readonly totals: Readonly<Record<'waiting' | 'running' | 'paused' | Conclusion, number>>;
  /** In declared order; a job whose legs are not known yet has one entry with its own id. */
  readonly legs: readonly LegStatus[];
}

export interface LegStatus {
  readonly job: string;
  readonly leg: string;
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'paused' | 'finished';
  /** What others see of it: a failure that was allowed is a success. */
  readonly result: Conclusion | undefined;
  /** The same in one word, such as `tolerated` or `reused`. */
  readonly standing: Standing;
  /** What it does just now; running legs only. */
  readonly phase: Phase | undefined;
  /** The step that a job of a workflow is at, or the one that it failed for. */
  readonly step: string | undefined;
  /** The attempt begun last, and how many there may be. */
  readonly attempt: LegView['attempt'];
  readonly started: string | undefined;
  readonly ended: string | undefined;
  readonly duration: number | undefined;
  /** Why it failed or was skipped, or what it waits for: one sentence. */
  readonly reason: string | undefined;
  /** The run that its result was taken from. */
  readonly reusedFrom: string | undefined;
  /** What the last review of its work came to; of a reviewer's job, what it came to itself. */
  readonly review: Pick<ReviewReport, 'task' | 'round' | 'verdict' | 'findings' | 'provenance' | 'reports'> | undefined;
  readonly branch: string | undefined;
  /** Where its log is, once complete. */
  readonly log: string | undefined;
}

export function statusOf(view: RunView, { run, lost }: { readonly run: string; readonly lost: boolean }): RunStatus {
  const legs = view.legs.map(legStatus);
  return {
    run,
    name: view.started?.name,
    title: view.started?.title,
    kind: view.started?.kind,
    file: view.started?.file,
    state: stateOf(view, lost),
    message: view.cancelling?.message ?? view.waitsFor,
    result: view.finished?.result,
    exitCode: view.finished?.exitCode,
    started: view.firstTime,
    last: view.lastTime,
    totals: totalsOf(legs),
    legs,
  };
}

function legStatus(leg: LegView): LegStatus {
  const state =
    leg.phase === 'waiting' || leg.phase === 'paused' ? leg.phase : leg.phase === 'ended' ? 'finished' : 'running';
  return {
    job: leg.job,
    leg: leg.id,
    name: leg.name,
    state,
    result: leg.conclusion,
    standing: leg.standing,
    phase: state === 'running' ? leg.phase : undefined,
    step: leg.failedStep?.name ?? leg.step,
    attempt: leg.attempt,
    started: leg.requestedAt,
    ended: leg.endedAt,
    duration: leg.duration,
    reason: recordedReason(leg) ?? leg.waitsFor,
    reusedFrom: leg.reusedFrom,
    review: reviewStatus(leg),
    branch: leg.task?.branch ?? leg.prepared?.branch,
    log: leg.log?.path,
  };
}

function reviewStatus({ review }: LegView): LegStatus['review'] {
  if (review === undefined) return undefined;
  const { task, round, verdict, findings, provenance, reports } = review;
  return { task, round, verdict, findings, provenance, reports };
}

function totalsOf(legs: readonly LegStatus[]): RunStatus['totals'] {
  const totals = { waiting: 0, running: 0, paused: 0, success: 0, failure: 0, cancelled: 0, skipped: 0 };
  for (const { state, result } of legs) totals[state === 'finished' ? (result ?? 'success') : state]++;
  return totals;
}
