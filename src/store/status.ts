/** Where a run stands, folded from its journal as far as it goes: what `orch status` shows. */
import type { Leg, RunEvent, RunEventBody } from '../engine/index.ts';

type JobResult = Extract<RunEvent, { readonly type: 'job.finished' }>['conclusion'];

export interface RunStatus {
  readonly run?: string;
  readonly name?: string;
  readonly kind?: 'tasks' | 'workflow';
  /** ISO 8601, like every time here. */
  readonly started?: string;
  /** What the journal shows. A run that crashed reads `running`; only its process can tell (see history). */
  readonly state: 'starting' | 'running' | 'cancelling' | 'finished';
  /** Why it is being cancelled. */
  readonly message?: string;
  readonly result?: Extract<RunEvent, { readonly type: 'run.finished' }>['result'];
  readonly exitCode?: number;
  readonly totals: Readonly<Record<'waiting' | 'running' | JobResult, number>>;
  /** In the order of declaration; a job whose legs are not known yet has one entry with its own id. */
  readonly legs: readonly LegStatus[];
  /** The last event that was seen. */
  readonly last?: { readonly seq: number; readonly time: string };
}

export interface LegStatus {
  readonly job: string;
  readonly leg: string;
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'finished';
  /** When it came into this state. */
  readonly since: string;
  /** What it does just now, such as `attempt 2 of 3`, `verify`; running legs only. */
  readonly doing?: string;
  /** The attempt begun last, and how many there may be. */
  readonly attempt?: { readonly number: number; readonly of: number };
  readonly result?: JobResult;
  /** Why it failed or was skipped: one sentence. */
  readonly reason?: string;
  /** From its start to its end, in milliseconds. */
  readonly duration?: number;
  /** The run that its result was taken from. */
  readonly reusedFrom?: string;
  /** Where its log is, once complete. */
  readonly log?: string;
  readonly branch?: string;
}

export interface StatusFold {
  add(event: RunEvent): void;
  /** The status as of now; later events do not change what was returned. */
  view(): RunStatus;
}

interface State {
  head: Omit<RunStatus, 'legs' | 'totals' | 'last'>;
  last?: { readonly seq: number; readonly time: string };
  /** Legs by id, within jobs by id: ids such as `__proto__` are only keys here. */
  readonly jobs: Map<string, Map<string, LegStatus>>;
  /** Legs that called a workflow. */
  readonly calling: Set<string>;
}

export function statusFold(): StatusFold {
  const state: State = { head: { state: 'starting' }, jobs: new Map(), calling: new Set() };
  return {
    add: (event) => {
      state.last = { seq: event.seq, time: event.time };
      if (!addToRun(state, event)) addToLeg(state, event, event.time);
    },
    view: () => {
      const all = [...state.jobs.values()].flatMap((job) => [...job.values()]);
      // A call is told by the jobs that it called, unless it failed by itself.
      const legs = all.filter(({ leg, reason }) => !state.calling.has(leg) || reason !== undefined);
      return { ...state.head, totals: totalsOf(legs), legs, ...(state.last === undefined ? {} : { last: state.last }) };
    },
  };
}

/** Whether the event was about the run, or about which legs a job has. */
function addToRun(state: State, event: RunEvent): boolean {
  if (event.type === 'run.started') {
    state.head = { run: event.run, name: event.name, kind: event.kind, started: event.time, state: 'running' };
    for (const { id } of event.jobs) state.jobs.set(id, new Map([[id, waiting(id, { id, name: id }, event.time)]]));
  } else if (event.type === 'run.cancelling') {
    state.head = { ...state.head, state: 'cancelling', message: event.message };
  } else if (event.type === 'run.finished') {
    state.head = { ...state.head, state: 'finished', result: event.result, exitCode: event.exitCode };
  } else if (event.type === 'job.expanded') {
    state.jobs.set(event.job, new Map(event.legs.map((leg) => [leg.id, waiting(event.job, leg, event.time)])));
  } else if (event.type === 'job.called') {
    state.calling.add(event.leg);
    for (const { id, name } of event.jobs) state.jobs.set(id, new Map([[id, waiting(id, { id, name }, event.time)]]));
  } else return false;
  return true;
}

function waiting(job: string, { id, name }: Pick<Leg, 'id' | 'name'>, since: string): LegStatus {
  return { job, leg: id, name, state: 'waiting', since };
}

function addToLeg(state: State, event: RunEventBody, time: string): void {
  if (!('job' in event) || event.job === undefined) return;
  const legs = state.jobs.get(event.job) ?? new Map<string, LegStatus>();
  state.jobs.set(event.job, legs);
  // A job that is skipped as a whole has one entry, or all its legs end.
  const ids = 'leg' in event && event.leg !== undefined ? [event.leg] : legs.size > 0 ? [...legs.keys()] : [event.job];
  for (const id of ids) {
    const before = legs.get(id) ?? waiting(event.job, { id, name: id }, time);
    // What is over stays over, whatever comes late.
    const after = { ...before, ...changeOf(event, time) };
    legs.set(
      id,
      before.state === 'finished' ? { ...after, state: 'finished', since: before.since } : withoutEnded(after),
    );
  }
}

/** A leg that is over does nothing any more. */
function withoutEnded(leg: LegStatus): LegStatus {
  if (leg.state !== 'finished') return leg;
  const { doing: _, ...rest } = leg;
  return rest;
}

type Change<T> = (event: Extract<RunEventBody, { readonly type: T }>, since: string) => Partial<LegStatus>;

/** What each event tells of its leg; events that are not here tell nothing that `orch status` shows. */
const CHANGES: { readonly [T in RunEventBody['type']]?: Change<T> } = {
  'job.requested': (_, since) => ({ state: 'running', since, doing: 'preparing' }),
  'job.skipped': ({ result, message }, since) => ({ state: 'finished', since, result, reason: message }),
  'job.finished': ({ conclusion, failure, duration, reusedFrom }, since) => ({
    state: 'finished',
    since,
    duration,
    result: conclusion,
    ...(reusedFrom === undefined ? {} : { reusedFrom }),
    ...(failure === undefined ? {} : { reason: failure.message }),
  }),
  'job.cancel-requested': () => ({ doing: 'being cancelled' }),
  'task.prepared': ({ branch }) => ({ branch }),
  'step.started': ({ name }) => ({ doing: name }),
  'attempt.started': ({ attempt, of }) => ({
    doing: of > 1 ? `attempt ${attempt} of ${of}` : 'running',
    attempt: { number: attempt, of },
  }),
  'attempt.delayed': ({ attempt }) => ({ doing: `waiting for attempt ${attempt}` }),
  'verify.started': () => ({ doing: 'verify' }),
  'log.closed': ({ path }) => ({ log: path }),
};

function changeOf(event: RunEventBody, since: string): Partial<LegStatus> {
  const change = CHANGES[event.type] as Change<RunEventBody['type']> | undefined;
  return change?.(event, since) ?? {};
}

function totalsOf(legs: readonly LegStatus[]): RunStatus['totals'] {
  const totals = { waiting: 0, running: 0, success: 0, failure: 0, cancelled: 0, skipped: 0 };
  for (const leg of legs) totals[leg.state === 'finished' ? (leg.result ?? 'success') : leg.state]++;
  return totals;
}
