/**
 * The loop of the engine: performs what `decide` asks for, folds what happened into the state, and has it told. A job
 * starts the moment its own needs are done; there are no waves.
 */
import { unreachable } from '../shared/result.ts';
import { callOf, outcomeOfCall } from './calls.ts';
import { cancelMessage } from './cancel-message.ts';
import { decide, type Effect, isDue } from './decide.ts';
import type { RunEventBody, RunFinished, RunStarted } from './events.ts';
import { evolve } from './evolve.ts';
import { expandJob, standIn } from './expand.ts';
import { type Asking, groupsOf, joinLeg, joinRun, newsEvent, reclaimGroups } from './group-events.ts';
import { endOfLeg, jobSkipped, legSkipped, legTimedOut, namesOf, setUpFailed } from './leg-events.ts';
import { createLocalGroups } from './memberships.ts';
import { type OpenLegs, trackLegs } from './open-legs.ts';
import { standingOf, totalsOf } from './outcome.ts';
import type { GoOn, RunResumed } from './pause-events.ts';
import { findPaused } from './pausing.ts';
import type { Plan } from './plan.ts';
import type { PlannedJob } from './planned-job.ts';
import type { Cancellation, EnginePorts, EventSink } from './ports.ts';
import { requestFor } from './request.ts';
import type { Restored } from './restore.ts';
import { findLeg, initialState, type LegRef, legAt, plannedAt, type RunState } from './state.ts';
import { type LostSink, type Telling, tellTo } from './telling.ts';

export interface Run {
  readonly done: Promise<RunEnd>;
  /** Stops starting and asks what runs to end; `always()` work still runs. Safe to repeat. */
  readonly cancel: (cancellation: Cancellation) => void;
  /** Lets a paused leg go on; false when there is no such leg, or it is not paused. */
  readonly goOn: (leg: string, how: GoOn) => boolean;
  /** Puts on record what the run's surroundings have to say. */
  readonly warn: (code: string, message: string) => void;
}

export interface RunEnd {
  readonly result: RunFinished['result'];
  readonly exitCode: number;
  readonly lostSinks: readonly LostSink[];
}

/** How often other runs are looked at, in milliseconds. */
const GROUPS_EVERY = 200;

/** Starts at once; `header` is the run's first event. */
export function startRun(plan: Plan, ports: EnginePorts, header: RunStarted): Run {
  const engine = new Engine(plan, ports, {
    run: header.run,
    state: initialState(plan),
    seq: 0,
    spent: 0,
  });
  return runBy(engine, engine.start(header));
}

/** Takes up a run where `restored` says; `header` comes first. It ends as it was when no paused leg is let go on. */
export function resumeRun(plan: Plan, ports: EnginePorts, restored: Restored, header: Resumption): Run {
  const engine = new Engine(plan, ports, restored);
  return runBy(engine, engine.resume(header));
}

export interface Resumption extends RunResumed {
  readonly goOn: ReadonlyMap<string, GoOn>;
}

function runBy(engine: Engine, done: Promise<RunEnd>): Run {
  return {
    done,
    cancel: (cancellation) => engine.cancel(cancellation),
    goOn: (leg, how) => engine.goOn(leg, how),
    warn: (code, message) => engine.warn(code, message),
  };
}

class Engine {
  readonly #plan: Plan;
  readonly #ports: EnginePorts;
  readonly #telling: Telling;
  readonly #legs: OpenLegs;
  readonly #asking: Asking;
  #listening = false;
  /** When each leg that is calling began to. */
  readonly #calls = new Map<string, number>();
  #state: RunState;
  readonly #started: number;
  #resolve: (end: RunEnd) => void = () => undefined;

  constructor(plan: Plan, ports: EnginePorts, { run, state, seq, spent }: Omit<Restored, 'paused'>) {
    this.#plan = plan;
    this.#ports = ports;
    this.#asking = { run, groups: ports.groups ?? createLocalGroups() };
    this.#telling = tellTo(ports, (sink, reason) => this.#sinkLost(sink, reason), seq);
    this.#legs = trackLegs(ports, {
      said: (body) => this.#telling.tell(body),
      timedOut: (ref) => this.#happen(legTimedOut(this.#state, ref)),
      ended: (ref, outcome, time) => this.#happen(endOfLeg(this.#state, ref, outcome, time)),
      crashed: (error) => this.#crash(error),
    });
    this.#state = state;
    this.#started = ports.clock.now() - spent;
  }

  start(header: RunStarted): Promise<RunEnd> {
    const done = this.#end();
    this.#happen(header);
    return done;
  }

  resume({ goOn, ...header }: Resumption): Promise<RunEnd> {
    const done = this.#end();
    this.#fold(header);
    const taken = reclaimGroups(this.#plan, this.#state, this.#asking);
    if (taken === undefined) for (const [leg, how] of goOn) this.goOn(leg, how);
    else this.warn('group-taken', taken);
    this.#settle();
    this.#listen();
    return done;
  }

  #end(): Promise<RunEnd> {
    return new Promise<RunEnd>((resolve) => {
      this.#resolve = resolve;
    });
  }

  goOn(id: string, how: GoOn): boolean {
    const ref = findPaused(this.#state, id);
    if (ref === undefined) return false;
    this.#happen({ type: 'job.resumed', ...namesOf(this.#state, ref), how });
    return true;
  }

  cancel(cancellation: Cancellation): void {
    if (this.#state.closing === 'cancelled' || this.#state.finished) return;
    this.#happen({ type: 'run.cancelling', ...cancellation });
  }

  warn(code: string, message: string): void {
    if (!this.#state.finished) this.#telling.tell({ type: 'warning', code, message });
  }

  #happen(body: RunEventBody): void {
    this.#fold(body);
    this.#settle();
    this.#listen();
  }

  #settle(): void {
    for (;;) {
      const effects = decide(this.#plan, this.#state);
      for (const effect of effects) if (isDue(this.#state, effect)) this.#perform(effect);
      const news = this.#asking.groups.news();
      if (effects.length === 0 && news.length === 0) return;
      for (const one of news) this.#fold(newsEvent(one));
    }
  }

  /** Other runs do not say when they leave a group, or want one. */
  #listen(): void {
    const { shared, busy } = this.#asking.groups;
    if (this.#listening || this.#state.finished || !shared || !busy()) return;
    this.#listening = true;
    this.#ports.clock.after(GROUPS_EVERY, () => {
      this.#listening = false;
      if (this.#state.finished) return;
      for (const one of this.#asking.groups.news()) this.#happen(newsEvent(one));
      this.#listen();
    });
  }

  #fold(body: RunEventBody): void {
    this.#state = evolve(this.#plan, this.#state, body);
    this.#telling.tell(body);
    if ((body.type === 'job.finished' || body.type === 'job.skipped') && body.leg !== undefined) this.#leave(body);
  }

  #leave(event: { readonly job: string; readonly leg?: string }): void {
    const { leg } = legAt(this.#state, findLeg(this.#state, { job: event.job, leg: event.leg ?? '' }));
    if (groupsOf(leg).length > 0) this.#asking.groups.leave(leg.id);
  }

  #sinkLost({ name, vital }: EventSink, reason: string): void {
    if (vital === true) this.cancel({ reason: 'journal-lost', message: `${name} cannot be written: ${reason}` });
    else this.warn('sink-lost', `${name} failed and is left out from here on: ${reason}`);
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'expand':
        return this.#expand(plannedAt(this.#state, effect.job));
      case 'fail-job':
        return this.#failJob(plannedAt(this.#state, effect.job), effect.message);
      case 'skip-job':
        return this.#fold(jobSkipped(this.#state, effect.job, effect.reason));
      case 'skip-leg':
        return this.#fold(legSkipped(this.#state, effect.ref, effect.reason));
      case 'cancel-leg':
        return this.#cancelLeg(effect);
      case 'open-leg':
        return this.#openLeg(effect.ref);
      case 'call':
        return this.#call(effect.ref);
      case 'return':
        return this.#return(effect.ref);
      case 'join-group':
        return this.#fold(joinLeg(this.#state, effect, this.#asking));
      case 'join-run':
        return this.#fold(joinRun(effect.wanted, this.#asking));
      case 'finish':
        return this.#finish();
      default:
        return unreachable(effect);
    }
  }

  #expand(planned: PlannedJob): void {
    const expanded = expandJob(this.#plan, this.#state, planned);
    if (expanded.ok) this.#fold(expanded.value);
    else this.#failJob(planned, expanded.error);
  }

  /** A job that cannot be set up fails as one leg that never ran. */
  #failJob(planned: PlannedJob, message: string): void {
    this.#fold(standIn(planned));
    this.#fold(setUpFailed(planned, message));
  }

  #openLeg(ref: LegRef): void {
    const request = requestFor(this.#state, ref);
    const names = namesOf(this.#state, ref);
    this.#fold({ type: 'job.requested', ...names });
    this.#legs.open(ref, names.job, request);
  }

  #call(ref: LegRef): void {
    const event = callOf(this.#state, ref);
    this.#calls.set(event.leg, this.#ports.clock.now());
    this.#fold(event);
  }

  #return(ref: LegRef): void {
    const { result, ...rest } = outcomeOfCall(this.#state, ref);
    const names = namesOf(this.#state, ref);
    const now = this.#ports.clock.now();
    const duration = Math.round(now - (this.#calls.get(names.leg) ?? now));
    this.#calls.delete(names.leg);
    this.#fold({ type: 'job.finished', ...names, outcome: result, conclusion: result, duration, ...rest });
  }

  #cancelLeg({ ref, reason }: { readonly ref: LegRef; readonly reason: Cancellation['reason'] }): void {
    const names = namesOf(this.#state, ref);
    this.#fold({ type: 'job.cancel-requested', ...names, reason });
    this.#legs.cancel(names.leg, { reason, message: cancelMessage(this.#state, ref, reason) });
  }

  #finish(): void {
    const standing = standingOf(this.#plan, this.#state);
    const duration = Math.round(this.#ports.clock.now() - this.#started);
    this.#asking.groups.leaveAll();
    this.#fold({ type: 'run.finished', ...standing, duration, totals: totalsOf(this.#state) });
    // Sinks that fail on the very last event are told of too.
    queueMicrotask(() => this.#resolve({ ...standing, lostSinks: this.#telling.lost }));
  }

  /** A bug in here must not end in a run that waits for ever. */
  #crash(error: unknown): void {
    queueMicrotask(() => {
      throw error;
    });
  }
}
