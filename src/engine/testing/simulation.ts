/** Drives the pure core without a runner: performs effects at once, and ends running legs in an order that the test chooses. */
import type { Json, StepsJob } from '../../workflow/index.ts';
import { mapping, scalar, sequence } from '../../workflow/index.ts';
import { decide, type Effect } from '../decide.ts';
import type { RunEventBody } from '../events.ts';
import { evolve } from '../evolve.ts';
import { expandJob, standIn } from '../expand.ts';
import { makePlan, type Plan, plannedAt } from '../plan.ts';
import type { Policy } from '../policy.ts';
import { initialState, type JobState, jobAt, type LegRef, legAt, type RunState } from '../state.ts';

export interface JobSketch {
  readonly id: string;
  readonly needs?: readonly string[];
  readonly if?: string;
  /** How many legs; none means no matrix. */
  readonly legs?: number;
  readonly maxParallel?: number;
  readonly failFast?: boolean;
  readonly continueOnError?: boolean;
  readonly group?: string;
  readonly queue?: 'single' | 'max';
  readonly cancelInProgress?: boolean;
}

function sketchJob(sketch: JobSketch): StepsJob {
  const { legs, maxParallel, failFast, continueOnError, group } = sketch;
  return {
    kind: 'steps',
    id: sketch.id,
    needs: sketch.needs ?? [],
    runsOn: scalar('ubuntu-latest'),
    steps: [],
    ...(sketch.if === undefined ? {} : { if: scalar(sketch.if) }),
    ...(continueOnError === undefined ? {} : { continueOnError: scalar(continueOnError) }),
    ...(group === undefined
      ? {}
      : {
          concurrency: mapping({
            group: scalar(group),
            queue: scalar(sketch.queue ?? 'single'),
            'cancel-in-progress': scalar(sketch.cancelInProgress ?? false),
          }),
        }),
    ...(legs === undefined
      ? {}
      : {
          strategy: {
            matrix: mapping({ n: sequence(Array.from({ length: legs }, (_, n) => scalar(`n${n}`))) }),
            ...(maxParallel === undefined ? {} : { maxParallel: scalar(maxParallel) }),
            ...(failFast === undefined ? {} : { failFast: scalar(failFast) }),
          },
        }),
  };
}

export function planOf(sketches: readonly JobSketch[], policy: Partial<Policy> = {}, inputs: Json = {}): Plan {
  const whole: Policy = { maxParallel: 4, onFailure: 'continue', ...policy };
  return makePlan({ jobs: sketches.map(sketchJob) }, whole, { github: {}, inputs, vars: {} });
}

/** A run in the test's hands. */
export class Simulation {
  readonly plan: Plan;
  readonly events: RunEventBody[] = [];
  state: RunState;

  constructor(plan: Plan) {
    this.plan = plan;
    this.state = initialState(plan);
    this.settle();
  }

  /** Ids of the legs that run, in the order they were started. */
  get running(): readonly string[] {
    const started = this.events.filter((event) => event.type === 'job.requested').map((event) => event.leg);
    const ended = new Set(this.events.filter((event) => event.type === 'job.finished').map((event) => event.leg));
    return started.filter((leg) => !ended.has(leg));
  }

  finish(
    leg: string,
    outcome: 'success' | 'failure' | 'cancelled' = 'success',
    outputs: Readonly<Record<string, string>> = {},
  ): void {
    const job = leg.split('+', 1)[0] ?? leg;
    const { index } = plannedAt(this.plan, this.plan.indexOf.get(job.toLowerCase()) ?? -1);
    const legIndex = this.legsOf(index).findIndex((candidate) => candidate.id === leg);
    const { continueOnError } = legAt(this.state, { job: index, leg: legIndex }).leg;
    const conclusion = outcome === 'failure' && continueOnError ? 'success' : outcome;
    this.happen({ type: 'job.finished', job, leg, outcome, conclusion, outputs, duration: 0 });
  }

  cancel(): void {
    this.happen({ type: 'run.cancelling', reason: 'user', message: 'stopped' });
  }

  happen(event: RunEventBody): void {
    this.fold(event);
    this.settle();
  }

  /** What became of a job as a whole. */
  result(job: string): string | undefined {
    return this.state.jobs.length === 0 ? undefined : this.jobState(job).result;
  }

  jobState(job: string): JobState {
    return stateOf(this, job);
  }

  private legsOf(index: number): readonly { readonly id: string }[] {
    return stateOf(this, this.plan.jobs[index]?.job.id ?? '').legs.map(({ leg }) => leg);
  }

  private fold(event: RunEventBody): void {
    this.state = evolve(this.plan, this.state, event);
    this.events.push(event);
  }

  private settle(): void {
    for (let effects = decide(this.plan, this.state); effects.length > 0; effects = decide(this.plan, this.state)) {
      for (const effect of effects) this.perform(effect);
    }
  }

  private perform(effect: Effect): void {
    switch (effect.type) {
      case 'expand': {
        const expanded = expandJob(this.plan, this.state, plannedAt(this.plan, effect.job));
        if (expanded.ok) return this.fold(expanded.value);
        return this.failJob(effect.job, expanded.error);
      }
      case 'fail-job':
        return this.failJob(effect.job, effect.message);
      case 'skip-job':
        return this.skip(this.idOf(effect.job), undefined, effect.reason);
      case 'skip-leg':
        return this.skip(this.idOf(effect.ref.job), this.legId(effect.ref), effect.reason);
      case 'cancel-leg':
        return this.fold({
          type: 'job.cancel-requested',
          job: this.idOf(effect.ref.job),
          leg: this.legId(effect.ref),
          reason: effect.reason,
        });
      case 'open-leg':
        return this.fold({ type: 'job.requested', job: this.idOf(effect.ref.job), leg: this.legId(effect.ref) });
      case 'finish':
        return this.fold({
          type: 'run.finished',
          result: 'success',
          exitCode: 0,
          duration: 0,
          totals: { success: 0, failure: 0, cancelled: 0, skipped: 0 },
        });
    }
  }

  private skip(
    job: string,
    leg: string | undefined,
    reason: Extract<RunEventBody, { type: 'job.skipped' }>['reason'],
  ): void {
    const result = ['cancelled', 'fail-fast', 'concurrency'].includes(reason) ? 'cancelled' : 'skipped';
    this.fold({ type: 'job.skipped', job, reason, result, message: '', ...(leg === undefined ? {} : { leg }) });
  }

  private failJob(index: number, message: string): void {
    this.fold(standIn(plannedAt(this.plan, index)));
    const id = this.idOf(index);
    const failure = { code: 'expression', message } as const;
    this.fold({
      type: 'job.finished',
      job: id,
      leg: id,
      outcome: 'failure',
      conclusion: 'failure',
      failure,
      outputs: {},
      duration: 0,
    });
  }

  private idOf(index: number): string {
    return plannedAt(this.plan, index).job.id;
  }

  private legId(ref: LegRef): string {
    return legAt(this.state, ref).leg.id;
  }
}

function stateOf(simulation: Simulation, job: string): JobState {
  const index = simulation.plan.indexOf.get(job.toLowerCase());
  if (index === undefined) throw new Error(`no job ${job}`);
  return jobAt(simulation.state, index);
}
