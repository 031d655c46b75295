/** A run in the making: what the fold changes as it reads, and the view that is taken of it. */
import type { RunFinished } from '../engine/index.ts';
import { unreachable } from '../shared/result.ts';
import type { AnnotationView, ArtifactView, LegView, RunView, Standing, WarningView } from './view.ts';

type Draft<T> = { -readonly [K in keyof T]: T[K] };
export type LegDraft = Draft<Omit<LegView, 'standing' | 'attempts'>> & {
  readonly attempts: LegView['attempts'][number][];
  tolerated: boolean;
  /** Names of the steps under way, by number. */
  readonly open: Map<number, string>;
};
export type OfLeg = { readonly job: string; readonly leg: string };

export interface RunDraft {
  started: RunView['started'];
  firstTime: string | undefined;
  lastTime: string | undefined;
  finished: RunFinished | undefined;
  cancelling: RunView['cancelling'];
  waitsFor: RunView['waitsFor'] | undefined;
  missing: number;
  lastSeq: number;
  /** Legs by id, in the order in which they are shown; replaced in place when a job expands. */
  jobs: Map<string, Map<string, LegDraft>>;
  warnings: WarningView[];
  annotations: AnnotationView[];
  /** By id. */
  artifacts: Map<number, ArtifactView>;
  summaries: { readonly leg: string; readonly markdown: string }[];
  /** What was given out for a leg that has not changed since. */
  views: WeakMap<LegDraft, LegView>;
}

export function emptyRun(): RunDraft {
  return {
    started: undefined,
    firstTime: undefined,
    lastTime: undefined,
    finished: undefined,
    cancelling: undefined,
    waitsFor: undefined,
    missing: 0,
    lastSeq: 0,
    jobs: new Map(),
    warnings: [],
    annotations: [],
    artifacts: new Map(),
    summaries: [],
    views: new WeakMap(),
  };
}

export function jobOf(run: RunDraft, job: string): Map<string, LegDraft> {
  const known = run.jobs.get(job);
  if (known) return known;
  const made = new Map([[job, emptyLeg(job, job)]]);
  run.jobs.set(job, made);
  return made;
}

/** The leg, about to be changed. */
export function legOf(run: RunDraft, { job, leg: id }: OfLeg): LegDraft {
  const legs = jobOf(run, job);
  const leg = legs.get(id) ?? emptyLeg(job, id);
  legs.set(id, leg);
  run.views.delete(leg);
  return leg;
}

export function emptyLeg(job: string, id: string): LegDraft {
  return {
    id,
    job,
    name: id,
    needs: [],
    checks: [],
    continueOnError: false,
    tolerated: false,
    phase: 'waiting',
    attempts: [],
    open: new Map(),
  };
}

/** The view of this moment; later changes of the draft do not reach it. */
export function snapshot(run: RunDraft): RunView {
  const drafts = [...run.jobs.values()].flatMap((job) => [...job.values()].filter(isShown));
  const legs = drafts.map((leg) => viewOf(run, leg));
  const counts: Record<Standing, number> = {
    failed: 0,
    tolerated: 0,
    cancelled: 0,
    paused: 0,
    running: 0,
    waiting: 0,
    awaiting: 0,
    skipped: 0,
    reused: 0,
    succeeded: 0,
  };
  for (const leg of legs) counts[leg.standing] += 1;
  return {
    duration: run.finished?.duration ?? between(run.firstTime, run.lastTime),
    missing: run.missing,
    legs,
    counts,
    warnings: [...run.warnings],
    annotations: [...run.annotations],
    artifacts: [...run.artifacts.values()],
    summaries: [...run.summaries],
    ...(run.started && { started: run.started }),
    ...(run.firstTime !== undefined && { firstTime: run.firstTime }),
    ...(run.lastTime !== undefined && { lastTime: run.lastTime }),
    ...(run.cancelling && { cancelling: run.cancelling }),
    ...(run.waitsFor !== undefined && { waitsFor: run.waitsFor }),
    ...(run.finished && {
      finished: { result: run.finished.result, exitCode: run.finished.exitCode, totals: run.finished.totals },
    }),
  };
}

/** A call is shown by the jobs that it called, unless it failed by itself. */
function isShown({ called, failure }: LegDraft): boolean {
  return called !== true || failure !== undefined;
}

function viewOf(run: RunDraft, draft: LegDraft): LegView {
  const known = run.views.get(draft);
  if (known) return known;
  const view = toLeg(draft);
  run.views.set(draft, view);
  return view;
}

function toLeg({ tolerated, open, ...draft }: LegDraft): LegView {
  const step = [...open.values()].at(-1);
  return {
    ...draft,
    ...(step === undefined ? {} : { step }),
    attempts: [...draft.attempts],
    standing: standingOf(draft, tolerated),
  };
}

function standingOf(leg: Omit<LegDraft, 'tolerated' | 'open'>, tolerated: boolean): Standing {
  if (leg.skipped) return notRun(leg.skipped, leg.conclusion);
  switch (leg.conclusion) {
    case undefined:
      return leg.phase === 'waiting' || leg.phase === 'paused' ? leg.phase : 'running';
    case 'success':
      if (tolerated) return 'tolerated';
      return leg.reusedFrom === undefined ? 'succeeded' : 'reused';
    case 'failure':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    case 'skipped':
      return 'skipped';
    default:
      return unreachable(leg.conclusion);
  }
}

function notRun({ reason }: NonNullable<LegDraft['skipped']>, conclusion: LegDraft['conclusion']): Standing {
  if (reason === 'approval') return 'awaiting';
  // One that was called off before its turn was not passed over either.
  return conclusion === 'cancelled' ? 'cancelled' : 'skipped';
}

function between(from: string | undefined, to: string | undefined): number {
  const span = Date.parse(to ?? '') - Date.parse(from ?? '');
  return Number.isFinite(span) ? Math.max(0, span) : 0;
}
