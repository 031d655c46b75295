/**
 * The one asynchronous file of the engine: performs what `decide` asks for, folds what happened into the state, and
 * tells the sinks. A job starts the moment its own needs are done; there are no waves.
 */
import type { Failure } from '../shared/failure.ts';
import { unreachable } from '../shared/result.ts';
import { callOf, outcomeOfCall } from './calls.ts';
import { decide, type Effect, isDue } from './decide.ts';
import type { JobSkipped, RunEvent, RunEventBody, RunFinished, RunStarted } from './events.ts';
import { evolve } from './evolve.ts';
import { expandJob, standIn } from './expand.ts';
import { skipMessage, standingOf, totalsOf } from './outcome.ts';
import type { Plan } from './plan.ts';
import type { PlannedJob } from './planned-job.ts';
import type { Cancellation, EnginePorts, EventSink, JobOutcome } from './ports.ts';
import { requestFor } from './request.ts';
import { initialState, type LegRef, legAt, plannedAt, type RunState } from './state.ts';

export interface Run {
  readonly done: Promise<RunEnd>;
  /** Stops starting and asks what runs to end; `always()` work still runs. Safe to repeat. */
  readonly cancel: (cancellation: Cancellation) => void;
  /** Puts on record what the run's surroundings have to say. */
  readonly warn: (code: string, message: string) => void;
}

export interface RunEnd {
  readonly result: RunFinished['result'];
  readonly exitCode: number;
  /** Sinks that failed, with the error that ended them. */
  readonly lostSinks: readonly { readonly name: string; readonly error: unknown }[];
}

/** How long a cancelled leg may take to end before the run goes on without it: GitHub's limit, in minutes, and a margin. */
const CANCEL_MINUTES = 5;
const CANCEL_MARGIN = 30_000;

/** Starts at once; `header` is the run's first event. */
export function startRun(plan: Plan, ports: EnginePorts, header: RunStarted): Run {
  const engine = new Engine(plan, ports);
  return {
    done: engine.start(header),
    cancel: (cancellation) => engine.cancel(cancellation),
    warn: (code, message) => engine.warn(code, message),
  };
}

interface OpenLeg {
  readonly ref: LegRef;
  readonly controller: AbortController;
  readonly requested: number;
  readonly timers: (() => void)[];
}

class Engine {
  readonly #plan: Plan;
  readonly #ports: EnginePorts;
  readonly #sinks: EventSink[];
  readonly #lostSinks: { name: string; error: unknown }[] = [];
  /** By leg id. A leg that was given up is not here any more, so what it may still say is not heard. */
  readonly #open = new Map<string, OpenLeg>();
  /** When each leg that is calling began to. */
  readonly #calls = new Map<string, number>();
  #state: RunState;
  #seq = 0;
  #started = 0;
  #resolve: (end: RunEnd) => void = () => undefined;

  constructor(plan: Plan, ports: EnginePorts) {
    this.#plan = plan;
    this.#ports = ports;
    this.#sinks = [...ports.sinks];
    this.#state = initialState(plan);
  }

  start(header: RunStarted): Promise<RunEnd> {
    this.#started = this.#ports.clock.now();
    const done = new Promise<RunEnd>((resolve) => {
      this.#resolve = resolve;
    });
    this.#happen(header);
    return done;
  }

  cancel(cancellation: Cancellation): void {
    if (this.#state.closing === 'cancelled' || this.#state.finished) return;
    this.#happen({ type: 'run.cancelling', ...cancellation });
  }

  warn(code: string, message: string): void {
    if (!this.#state.finished) this.#tell({ type: 'warning', code, message });
  }

  #happen(body: RunEventBody): void {
    this.#fold(body);
    for (;;) {
      const effects = decide(this.#plan, this.#state);
      if (effects.length === 0) return;
      for (const effect of effects) if (isDue(this.#state, effect)) this.#perform(effect);
    }
  }

  #fold(body: RunEventBody): void {
    this.#state = evolve(this.#plan, this.#state, body);
    this.#tell(body);
  }

  #tell(body: RunEventBody): void {
    const event: RunEvent = { seq: ++this.#seq, time: this.#ports.clock.time(), ...body };
    for (const sink of this.#sinks.slice()) {
      try {
        sink.event(event);
      } catch (error) {
        this.#drop(sink, error);
      }
    }
  }

  #drop(sink: EventSink, error: unknown): void {
    this.#sinks.splice(this.#sinks.indexOf(sink), 1);
    this.#lostSinks.push({ name: sink.name, error });
    const reason = error instanceof Error ? error.message : String(error);
    // Not at once: the event at hand has not reached every sink, nor the state its consequences.
    queueMicrotask(() => {
      if (sink.vital === true)
        this.cancel({ reason: 'journal-lost', message: `${sink.name} cannot be written: ${reason}` });
      else if (!this.#state.finished) {
        this.#tell({
          type: 'warning',
          code: 'sink-lost',
          message: `${sink.name} failed and is left out from here on: ${reason}`,
        });
      }
    });
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'expand':
        return this.#expand(plannedAt(this.#state, effect.job));
      case 'fail-job':
        return this.#failJob(plannedAt(this.#state, effect.job), effect.message);
      case 'skip-job':
        return this.#fold(this.#skipped(effect.job, undefined, effect.reason));
      case 'skip-leg':
        return this.#fold(this.#skipped(effect.ref.job, effect.ref.leg, effect.reason));
      case 'cancel-leg':
        return this.#cancelLeg(effect);
      case 'open-leg':
        return this.#openLeg(effect.ref);
      case 'call':
        return this.#call(effect.ref);
      case 'return':
        return this.#return(effect.ref);
      case 'finish':
        return this.#finish();
      default:
        return unreachable(effect);
    }
  }

  #skipped(job: number, leg: number | undefined, reason: JobSkipped['reason']): JobSkipped {
    const planned = plannedAt(this.#state, job);
    const result =
      reason === 'cancelled' || reason === 'fail-fast' || reason === 'concurrency' ? 'cancelled' : 'skipped';
    const one = leg === undefined ? undefined : legAt(this.#state, { job, leg });
    const event = {
      type: 'job.skipped',
      job: planned.id,
      reason,
      result,
      message: skipMessage(this.#state, planned, reason, one),
    } as const;
    return one === undefined ? event : { ...event, leg: one.leg.id };
  }

  #expand(planned: PlannedJob): void {
    const expanded = expandJob(this.#plan, this.#state, planned);
    if (expanded.ok) this.#fold(expanded.value);
    else this.#failJob(planned, expanded.error);
  }

  /** A job that cannot be set up fails as one leg that never ran. */
  #failJob(planned: PlannedJob, message: string): void {
    this.#fold(standIn(planned));
    const { id } = planned;
    const failure: Failure = { code: 'expression', message };
    const outcome = { outcome: 'failure', conclusion: 'failure', failure, outputs: {}, duration: 0 } as const;
    this.#fold({ type: 'job.finished', job: id, leg: id, ...outcome });
  }

  #openLeg(ref: LegRef): void {
    const { clock, runner } = this.#ports;
    const request = requestFor(this.#state, ref);
    const { leg } = request;
    const names = { job: plannedAt(this.#state, ref.job).id, leg: leg.id };
    const open: OpenLeg = { ref, controller: new AbortController(), requested: clock.now(), timers: [] };
    this.#fold({ type: 'job.requested', ...names });
    this.#open.set(leg.id, open);
    const minutes = leg.timeoutMinutes;
    open.timers.push(clock.after(minutes * 60_000, () => this.#happen({ type: 'job.timed-out', ...names, minutes })));
    const emit = (body: RunEventBody): void => {
      // The runner knows the job by the id that its own workflow gives it.
      if (this.#open.get(leg.id) === open) this.#tell('job' in body ? { ...body, ...names } : body);
    };
    // Started in a microtask, so that no runner can answer before the state has settled.
    Promise.resolve()
      .then(() => runner.run(request, emit, open.controller.signal))
      .catch((error: unknown) => failedBy(error))
      .then((outcome) => this.#legDone(open, outcome))
      .catch((error: unknown) => this.#crash(error));
  }

  #call(ref: LegRef): void {
    const event = callOf(this.#state, ref);
    this.#calls.set(event.leg, this.#ports.clock.now());
    this.#fold(event);
  }

  #return(ref: LegRef): void {
    const { result, ...rest } = outcomeOfCall(this.#state, ref);
    const { leg } = legAt(this.#state, ref);
    const now = this.#ports.clock.now();
    const duration = Math.round(now - (this.#calls.get(leg.id) ?? now));
    this.#calls.delete(leg.id);
    const job = plannedAt(this.#state, ref.job).id;
    this.#fold({ type: 'job.finished', job, leg: leg.id, outcome: result, conclusion: result, duration, ...rest });
  }

  #cancelLeg({ ref, reason }: { readonly ref: LegRef; readonly reason: Cancellation['reason'] }): void {
    const { leg } = legAt(this.#state, ref);
    const job = plannedAt(this.#state, ref.job).id;
    this.#fold({ type: 'job.cancel-requested', job, leg: leg.id, reason });
    const open = this.#open.get(leg.id);
    if (open === undefined) return;
    const message =
      reason === 'timeout' ? `the job used up its ${leg.timeoutMinutes} minutes` : `cancelled (${reason})`;
    const giveUp = (): void => {
      const failure: Failure = {
        code: 'environment-lost',
        message: 'the job did not end when it was cancelled; what it left may still run',
      };
      this.#legDone(open, { result: 'failure', failure, outputs: {} });
    };
    open.timers.push(
      this.#ports.clock.after((leg.cancelTimeoutMinutes ?? CANCEL_MINUTES) * 60_000 + CANCEL_MARGIN, giveUp),
    );
    open.controller.abort({ reason, message } satisfies Cancellation);
  }

  #legDone(open: OpenLeg, outcome: JobOutcome): void {
    const { leg } = legAt(this.#state, open.ref);
    if (this.#open.get(leg.id) !== open) return;
    this.#open.delete(leg.id);
    for (const callOff of open.timers) callOff();
    const { result, ...rest } = outcome;
    const conclusion = result === 'failure' && leg.continueOnError ? 'success' : result;
    const duration = Math.round(this.#ports.clock.now() - open.requested);
    const job = plannedAt(this.#state, open.ref.job).id;
    this.#happen({ type: 'job.finished', job, leg: leg.id, outcome: result, conclusion, duration, ...rest });
  }

  #finish(): void {
    const standing = standingOf(this.#plan, this.#state);
    const duration = Math.round(this.#ports.clock.now() - this.#started);
    this.#fold({ type: 'run.finished', ...standing, duration, totals: totalsOf(this.#state) });
    // Sinks that fail on the very last event are told of too.
    queueMicrotask(() => this.#resolve({ ...standing, lostSinks: this.#lostSinks }));
  }

  /** A bug in here must not end in a run that waits for ever. */
  #crash(error: unknown): void {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function failedBy(error: unknown): JobOutcome {
  const known =
    typeof error === 'object' && error !== null && 'failure' in error
      ? (error as { failure: Failure }).failure
      : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return { result: 'failure', failure: known ?? { code: 'internal', message: `orch failed: ${message}` }, outputs: {} };
}
