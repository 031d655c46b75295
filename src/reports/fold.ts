/** Events folded into a view. Total: every prefix of a journal, and every order of events, gives a view. */
import type { Leg, RunEvent, RunStarted, Warning } from '../engine/index.ts';
import type { ReviewReport } from '../shared/verdict.ts';
import { emptyLeg, emptyRun, jobOf, type LegDraft, legOf, type OfLeg, type RunDraft, snapshot } from './draft.ts';
import type { Phase, RunView } from './view.ts';

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
  const run = emptyRun();
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
    run.waitsFor = undefined;
    run.cancelling ??= { reason, message };
  },
  'run.finished': (run, event) => {
    run.finished = event;
  },
  'run.resumed': (run) => {
    run.finished = undefined;
    for (const legs of run.jobs.values()) for (const leg of legs.values()) afterBreak(run, leg);
  },
  warning: warn,
  'job.expanded': (run, event) => expand(run, event.job, event.legs),
  'job.called': call,
  'job.waiting': (run, event) => {
    legOf(run, event).waitsFor = event.message;
  },
  'job.admitted': (run, event) => {
    delete legOf(run, event).waitsFor;
  },
  'job.displaced': (run, event) => {
    const leg = legOf(run, event);
    delete leg.waitsFor;
    leg.displaced = event.message;
  },
  'run.waiting': (run, { message }) => {
    run.waitsFor = message;
  },
  'run.admitted': (run) => {
    run.waitsFor = undefined;
  },
  'job.requested': (run, event) => {
    const leg = enter(run, event, 'starting');
    leg.requestedAt = event.time;
  },
  'job.paused': (run, event) => {
    const leg = enter(run, event, 'paused');
    const { step, failure, workspace, enter: script } = event;
    leg.paused = { step, failure, workspace, enter: script };
    delete leg.step;
    delete leg.stood;
  },
  'job.resumed': resume,
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
    const leg = enter(run, event, 'running');
    leg.open.set(event.step, event.name);
  },
  'step.finished': stepFinished,
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
  annotation: (run, { leg, level, message, title, file, line }) => {
    run.annotations.push({
      leg,
      level,
      message,
      ...(title !== undefined && { title }),
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line }),
    });
  },
  'step.summary': (run, { leg, markdown }) => {
    run.summaries.push({ leg, markdown });
  },
  'artifact.stored': (run, { leg, id, name, path, bytes, sha256, mime }) => {
    run.artifacts.set(id, { leg, id, name, path, bytes, sha256, mime });
  },
  'artifact.deleted': (run, { id }) => {
    run.artifacts.delete(id);
  },
  'log.closed': (run, { path, bytes, sha256, ...event }) => {
    legOf(run, event).log = { path, bytes, sha256 };
  },
};

function apply<T extends RunEvent['type']>(run: RunDraft, event: Extract<RunEvent, { readonly type: T }>): void {
  // A journal may come from a newer orch; what this one does not know, it passes over.
  if (Object.hasOwn(APPLY, event.type)) APPLY[event.type](run, event);
}

/** A leg that is over stays so, and one that is being cancelled does not look alive again. */
function enter(run: RunDraft, event: OfLeg, phase: Phase): LegDraft {
  const leg = legOf(run, event);
  if (leg.phase !== 'ended' && leg.phase !== 'cancelling') leg.phase = phase;
  return leg;
}

/** What failed and is done again is not what the leg fails for. */
function resume(run: RunDraft, event: Extract<RunEvent, { readonly type: 'job.resumed' }>): void {
  const leg = enter(run, event, 'starting');
  const { paused } = leg;
  if (paused === undefined) return;
  leg.stood = paused;
  delete leg.paused;
  if (event.how !== 'retry') return;
  leg.retried = [...(leg.retried ?? []), paused.step];
  delete leg.failedStep;
}

/** What was under way when a process ended is so no more when another goes on: it stands where it stood, or begins anew. */
function afterBreak(run: RunDraft, leg: LegDraft): void {
  if (leg.called === true || leg.phase === 'waiting' || leg.phase === 'paused' || leg.phase === 'ended') return;
  run.views.delete(leg);
  leg.open.clear();
  leg.phase = leg.stood === undefined ? 'waiting' : 'paused';
  if (leg.stood === undefined) delete leg.requestedAt;
  else leg.paused = leg.stood;
}

function stepFinished(run: RunDraft, event: Extract<RunEvent, { readonly type: 'step.finished' }>): void {
  const leg = legOf(run, event);
  const name = leg.open.get(event.step) ?? `step ${event.step}`;
  leg.open.delete(event.step);
  // The steps of a task are orch's own.
  if (event.conclusion !== 'failure' || run.started?.kind !== 'workflow') return;
  // The first is the cause; what fails behind it is a consequence.
  const { step: number, duration, lastLines = [] } = event;
  leg.failedStep ??= { number, name, duration, lastLines };
}

function skip(run: RunDraft, event: Extract<RunEvent, { readonly type: 'job.skipped' }>): void {
  const { job, leg: one, reason, message, result } = event;
  for (const id of one === undefined ? [...jobOf(run, job).keys()] : [one]) {
    const leg = legOf(run, { job, leg: id });
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
    if (job.provisional === true) leg.provisional = true;
    run.jobs.set(job.id, new Map([[job.id, leg]]));
  }
}

function expand(run: RunDraft, job: string, legs: readonly Leg[]): void {
  if (legs.length === 0) return;
  const before = jobOf(run, job);
  const template = before.values().next().value ?? emptyLeg(job, job);
  const expanded = [...legs].sort((a, b) => a.index - b.index);
  run.jobs.set(
    job,
    new Map(
      expanded.map(({ id, name, continueOnError, environment }) => {
        const known = before.get(id) ?? { ...template, attempts: [], open: new Map() };
        const shown = environment === undefined ? {} : { environment: { name: environment.name } };
        return [id, { ...known, id, name, continueOnError, ...shown }];
      }),
    ),
  );
}

/** The jobs that join stand where the leg stands that called them. */
function call(run: RunDraft, event: Extract<RunEvent, { readonly type: 'job.called' }>): void {
  const caller = enter(run, event, 'running');
  caller.requestedAt = event.time;
  caller.called = true;
  const callers = [...(caller.callers ?? []), event.job];
  const joining = event.jobs.map(({ id, name, needs }) => {
    const leg = emptyLeg(id, id);
    return [id, new Map([[id, { ...leg, name, needs, callers }]])] as const;
  });
  const before = [...run.jobs];
  const place = before.findIndex(([id]) => id === event.job) + 1;
  // Behind what an earlier leg of the same job called.
  const rest = before
    .slice(place)
    .findIndex(([id]) => !id.startsWith(`${event.job}+`) && !id.startsWith(`${event.job}.`));
  const end = rest < 0 ? before.length : place + rest;
  run.jobs = new Map([...before.slice(0, end), ...joining, ...before.slice(end)]);
}

function finish(run: RunDraft, event: Extract<RunEvent, { readonly type: 'job.finished' }>): void {
  const leg = legOf(run, event);
  leg.conclusion = event.conclusion;
  leg.tolerated = event.outcome !== event.conclusion && event.conclusion === 'success';
  leg.duration = event.duration;
  leg.endedAt = event.time;
  leg.phase = 'ended';
  delete leg.stood;
  leg.open.clear();
  if (event.failure !== undefined) leg.failure = event.failure;
  if (leg.environment !== undefined && event.environmentUrl !== undefined)
    leg.environment = { ...leg.environment, url: event.environmentUrl };
  if (event.task !== undefined) leg.task = event.task;
  if (isUnneeded(run, event)) leg.unneeded = true;
  if (event.task?.review !== undefined) review(run, event, event.task.review);
  if (event.reusedFrom !== undefined) leg.reusedFrom = event.reusedFrom;
}

/** Whoever did something for a task has left a report of it. */
function isUnneeded(
  { started }: RunDraft,
  { outcome, task, reusedFrom }: Extract<RunEvent, { readonly type: 'job.finished' }>,
): boolean {
  return started?.kind === 'tasks' && outcome === 'success' && task === undefined && reusedFrom === undefined;
}

/** Told beside the task whose work was looked at too: there people look for it. */
function review(run: RunDraft, { job, leg: id }: OfLeg, report: ReviewReport): void {
  legOf(run, { job, leg: id }).review = report;
  const reviewed = `${report.task}${id.slice(job.length)}`;
  if (run.jobs.get(report.task)?.has(reviewed) !== true) return;
  const leg = legOf(run, { job: report.task, leg: reviewed });
  if ((leg.review?.round ?? 0) <= report.round) leg.review = report;
}

function warn(run: RunDraft, event: Warning): void {
  const leg = event.leg ?? event.job;
  run.warnings.push({ code: event.code, message: event.message, ...(leg === undefined ? {} : { leg }) });
}
