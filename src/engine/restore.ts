/** A run that ended as `paused`, or whose process is gone, read back from its events: the state is the fold over them, as it was the first time. */
import { err, ok, type Result } from '../shared/result.ts';
import type { StepsJob } from '../workflow/index.ts';
import type { RunEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { askAgain } from './lines.ts';
import { afterBreak } from './pausing.ts';
import type { Plan } from './plan.ts';
import { initialState, type RunState } from './state.ts';
import { itemsOf } from './vector.ts';

export interface Restored {
  /** The run's id. */
  readonly run: string;
  readonly state: RunState;
  /** The jobs whose legs are paused, by leg. */
  readonly paused: ReadonlyMap<string, StepsJob>;
  /** The number of the last event. */
  readonly seq: number;
  /** Milliseconds that the run took so far. */
  readonly spent: number;
}

/** The plan is that of the same jobs. The error is a sentence: why the run cannot be taken up. */
export function restoreRun(plan: Plan, events: readonly RunEvent[]): Result<Restored, string> {
  let state = initialState(plan);
  let spent = 0;
  let run = '';
  for (const event of events) {
    state = evolve(plan, state, event);
    if (event.type === 'run.finished') spent = event.duration;
    if (event.type === 'run.started') ({ run } = event);
  }
  const broken = !state.finished;
  state = afterBreak(state);
  const paused = pausedJobs(state);
  if (paused.size === 0 && !broken) return err('no job of it is paused');
  return ok({ run, paused, state: askAgain(state), seq: events.at(-1)?.seq ?? 0, spent });
}

function pausedJobs(state: RunState): ReadonlyMap<string, StepsJob> {
  const jobs = new Map<string, StepsJob>();
  for (const { planned, legs } of itemsOf(state.jobs)) {
    const { job } = planned;
    if (job.kind !== 'steps') continue;
    for (const { leg, phase } of legs) if (phase === 'paused') jobs.set(leg.id, job);
  }
  return jobs;
}
