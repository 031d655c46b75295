/** The legs that the runner has at the moment, with their clocks: the job's own limit, and the patience with one cancelled. */
import type { Failure } from '../shared/failure.ts';
import type { Cancellation, EnginePorts, JobOutcome, JobRequest, PausedJob } from './ports.ts';
import type { RunnerEvent } from './runner-events.ts';
import type { LegRef } from './state.ts';

/** How long a cancelled leg may take to end before the run goes on without it: GitHub's limit, in minutes, and a margin. */
const CANCEL_MINUTES = 5;
const CANCEL_MARGIN = 30_000;

export interface LegListener {
  readonly said: (body: RunnerEvent) => void;
  readonly timedOut: (ref: LegRef) => void;
  /** Or paused. Once each time that it is opened; `duration` in milliseconds since it was opened. */
  readonly ended: (ref: LegRef, outcome: JobOutcome | PausedJob, duration: number) => void;
  /** A bug: hearing of the end threw. */
  readonly crashed: (error: unknown) => void;
}

export interface OpenLegs {
  /** `job` is what the run calls the leg's job. The runner is started in a microtask of its own. */
  readonly open: (ref: LegRef, job: string, request: JobRequest) => void;
  /** Asks the runner to end the leg, and gives it up when it does not. Nothing happens to one that is not open. */
  readonly cancel: (leg: string, cancellation: Cancellation) => void;
}

interface OpenLeg {
  readonly ref: LegRef;
  readonly request: JobRequest;
  readonly controller: AbortController;
  readonly opened: number;
  readonly timers: (() => void)[];
}

export function trackLegs({ clock, runner }: Pick<EnginePorts, 'clock' | 'runner'>, listener: LegListener): OpenLegs {
  // By leg id. A leg that was given up is not here any more, so what it may still say is not heard.
  const legs = new Map<string, OpenLeg>();

  const close = (open: OpenLeg, outcome: JobOutcome | PausedJob): void => {
    const { id } = open.request.leg;
    if (legs.get(id) !== open) return;
    legs.delete(id);
    for (const callOff of open.timers) callOff();
    listener.ended(open.ref, outcome, Math.round(clock.now() - open.opened));
  };

  const open = (ref: LegRef, job: string, request: JobRequest): void => {
    const { id, timeoutMinutes } = request.leg;
    const leg: OpenLeg = { ref, request, controller: new AbortController(), opened: clock.now(), timers: [] };
    legs.set(id, leg);
    leg.timers.push(clock.after(timeoutMinutes * 60_000, () => listener.timedOut(ref)));
    const emit = (body: RunnerEvent): void => {
      // The runner knows the job by the id that its own workflow gives it.
      if (legs.get(id) === leg) listener.said('job' in body ? { ...body, job, leg: id } : body);
    };
    // Started in a microtask, so that no runner can answer before the state has settled.
    Promise.resolve()
      .then(() => runner.run(request, emit, leg.controller.signal))
      .catch((error: unknown) => failedBy(error))
      .then((outcome) => close(leg, outcome))
      .catch((error: unknown) => listener.crashed(error));
  };

  const cancel = (id: string, cancellation: Cancellation): void => {
    const leg = legs.get(id);
    if (leg === undefined) return;
    const patience = (leg.request.leg.cancelTimeoutMinutes ?? CANCEL_MINUTES) * 60_000 + CANCEL_MARGIN;
    leg.timers.push(clock.after(patience, () => close(leg, givenUp())));
    leg.controller.abort(cancellation);
  };

  return { open, cancel };
}

function givenUp(): JobOutcome {
  const message = 'the job did not end when it was cancelled; what it left may still run';
  return { result: 'failure', failure: { code: 'environment-lost', message }, outputs: {} };
}

function failedBy(error: unknown): JobOutcome {
  const known =
    typeof error === 'object' && error !== null && 'failure' in error
      ? (error as { failure: Failure }).failure
      : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return { result: 'failure', failure: known ?? { code: 'internal', message: `orch failed: ${message}` }, outputs: {} };
}
