/** Events folded into a view. Total: every prefix of a journal, and every order of events, gives a view. */
import type { Leg, RunEvent, RunFinished, RunStarted, Warning } from '../engine/index.ts';
import { unreachable } from '../shared/result.ts';
import type { LegView, Phase, RunView, Standing, WarningView } from './view.ts';

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type LegDraft = Draft<Omit<LegView, 'standing' | 'attempts'>> & {
  readonly attempts: LegView['attempts'][number][];
  tolerated: boolean;
};
type OfLeg = { readonly job: string; readonly leg: string };

interface RunDraft {
  started: RunView['started'];
  firstTime: string | undefined;
  lastTime: string | undefined;
  finished: RunFinished | undefined;
  cancelling: RunView['cancelling'];
  missing: number;
  lastSeq: number;
  /** Legs by id, in the order in which they are shown; replaced in place when a job expands. */
  jobs: Map<string, Map<string, LegDraft>>;
  warnings: WarningView[];
}

/** A fold that is fed as events happen. `view` is cheap to ask again while nothing changed. */
export interface RunFold {
  add(event: RunEvent): void;
  view(): RunView;
}

export function foldRun(events: Iterable<RunEvent>): RunView {
  const fold = createRunFold();
  for (const event of events) fold.add(event);
  return fold.view();
}

export function createRunFold(): RunFold {
  const run: RunDraft = {
    started: undefined,
    firstTime: undefined,
    lastTime: undefined,
    finished: undefined,
    cancelling: undefined,
    missing: 0,
    lastSeq: 0,
    jobs: new Map(),
    warnings: [],
  };
  let view: RunView | undefined;
  return {
    add(event) {
      view = undefined;
      run.firstTime ??= event.time;
      run.lastTime = event.time;
      run.missing += Math.max(0, event.seq - run.lastSeq - 1);
      run.lastSeq = Math.max(run.lastSeq, event.seq);
      apply(run, event);
    },
    view() {
      view ??= snapshot(run);
      return view;
    },
  };
}

type Apply = {
  readonly [T in RunEvent['type']]: (run: RunDraft, event: Extract<RunEvent, { readonly type: T }>) => void;
};

const APPLY: Apply = {
  'run.started': start,
  'run.cancelling': (run, { reason, message }) => {
    run.cancelling ??= { reason, message };
  },
  'run.finished': (run, event) => {
    run.finished = event;
  },
  warning: warn,
  'job.expanded': (run, event) => expand(run, event.job, event.legs),
  'job.requested': (run, event) => {
    const leg = enter(run, event, 'starting');
    leg.requestedAt = event.time;
  },
  'job.timed-out': (run, event) => {
    enter(run, event, 'cancelling').timedOut = event.minutes;
  },
  'job.cancel-requested': (run, event) => {
    enter(run, event, 'cancelling').cancelRequested = event.reason;
  },
  'job.skipped': skip,
  'job.finished': finish,
  'task.prepared': (run, event) => {
    legOf(run, event).prepared = { branch: event.branch, start: event.start, worktree: event.worktree };
  },
  'step.started': (run, event) => {
    enter(run, event, 'running').step = event.name;
  },
  'step.finished': (run, event) => {
    delete legOf(run, event).step;
  },
  'attempt.started': (run, event) => {
    const leg = enter(run, event, 'running');
    leg.attempt = { number: event.attempt, of: event.of };
    delete leg.delay;
  },
  'attempt.finished': (run, event) => {
    legOf(run, event).attempts.push(event);
  },
  'attempt.delayed': (run, event) => {
    enter(run, event, 'delayed').delay = event.delay;
  },
  'verify.started': (run, event) => {
    enter(run, event, 'verifying');
  },
  'log.closed': (run, { path, bytes, sha256, ...event }) => {
    legOf(run, event).log = { path, bytes, sha256 };
  },
};

function apply<T extends RunEvent['type']>(run: RunDraft, event: Extract<RunEvent, { readonly type: T }>): void {
  APPLY[event.type](run, event);
}

/** A leg that is over stays so, and one that is being cancelled does not look alive again. */
function enter(run: RunDraft, event: OfLeg, phase: Phase): LegDraft {
  const leg = legOf(run, event);
  if (leg.phase !== 'ended' && leg.phase !== 'cancelling') leg.phase = phase;
  return leg;
}

function skip(run: RunDraft, event: Extract<RunEvent, { readonly type: 'job.skipped' }>): void {
  const { job, leg: one, reason, message, result } = event;
  for (const leg of one === undefined ? jobOf(run, job).values() : [legOf(run, { job, leg: one })]) {
    if (leg.conclusion !== undefined) continue;
    leg.skipped = { reason, message };
    leg.conclusion = result;
    leg.phase = 'ended';
    leg.endedAt = event.time;
  }
}

function start(run: RunDraft, event: RunStarted): void {
  run.started = event;
  for (const job of event.jobs) {
    const leg = emptyLeg(job.id, job.id);
    leg.needs = job.needs;
    leg.checks = job.checks ?? [];
    if (job.description !== undefined) leg.description = job.description;
    run.jobs.set(job.id, new Map([[job.id, leg]]));
  }
}

function expand(run: RunDraft, job: string, legs: readonly Leg[]): void {
  const before = jobOf(run, job);
  const template = before.values().next().value ?? emptyLeg(job, job);
  const expanded = [...legs].sort((a, b) => a.index - b.index);
  run.jobs.set(
    job,
    new Map(
      expanded.map(({ id, name, continueOnError }) => {
        const known = before.get(id) ?? { ...template, attempts: [] };
        return [id, { ...known, id, name, continueOnError }];
      }),
    ),
  );
}

function finish(run: RunDraft, event: Extract<RunEvent, { readonly type: 'job.finished' }>): void {
  const leg = legOf(run, event);
  leg.conclusion = event.conclusion;
  leg.tolerated = event.outcome !== event.conclusion && event.conclusion === 'success';
  leg.duration = event.duration;
  leg.endedAt = event.time;
  leg.phase = 'ended';
  delete leg.step;
  if (event.failure !== undefined) leg.failure = event.failure;
  if (event.task !== undefined) leg.task = event.task;
  if (event.reusedFrom !== undefined) leg.reusedFrom = event.reusedFrom;
}

function warn(run: RunDraft, event: Warning): void {
  const leg = event.leg ?? event.job;
  run.warnings.push({ code: event.code, message: event.message, ...(leg === undefined ? {} : { leg }) });
}

function jobOf(run: RunDraft, job: string): Map<string, LegDraft> {
  const known = run.jobs.get(job);
  if (known) return known;
  const made = new Map([[job, emptyLeg(job, job)]]);
  run.jobs.set(job, made);
  return made;
}

function legOf(run: RunDraft, { job, leg: id }: OfLeg): LegDraft {
  const legs = jobOf(run, job);
  const known = legs.get(id);
  if (known) return known;
  const made = emptyLeg(job, id);
  legs.set(id, made);
  return made;
}

function emptyLeg(job: string, id: string): LegDraft {
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
  };
}

function snapshot(run: RunDraft): RunView {
  const legs = [...run.jobs.values()].flatMap((job) => [...job.values()].map(toLeg));
  const counts: Record<Standing, number> = {
    failed: 0,
    tolerated: 0,
    cancelled: 0,
    running: 0,
    waiting: 0,
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
    ...(run.started && { started: run.started }),
    ...(run.firstTime !== undefined && { firstTime: run.firstTime }),
    ...(run.lastTime !== undefined && { lastTime: run.lastTime }),
    ...(run.cancelling && { cancelling: run.cancelling }),
    ...(run.finished && {
      finished: { result: run.finished.result, exitCode: run.finished.exitCode, totals: run.finished.totals },
    }),
  };
}

function toLeg({ tolerated, ...draft }: LegDraft): LegView {
  return { ...draft, attempts: [...draft.attempts], standing: standingOf(draft, tolerated) };
}

function standingOf(leg: Omit<LegDraft, 'tolerated'>, tolerated: boolean): Standing {
  if (leg.skipped) return 'skipped';
  switch (leg.conclusion) {
    case undefined:
      return leg.phase === 'waiting' ? 'waiting' : 'running';
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

function between(from: string | undefined, to: string | undefined): number {
  const span = Date.parse(to ?? '') - Date.parse(from ?? '');
  return Number.isFinite(span) ? Math.max(0, span) : 0;
}
