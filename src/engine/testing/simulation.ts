/** Drives the pure core without a runner: performs effects at once, and ends running legs in an order that the test chooses. */
import type { ResolvedWorkflow } from '../../workflow/calls/index.ts';
import type { CallJob, Job, Json, MappingNode, Node, StepsJob } from '../../workflow/index.ts';
import { mapping, scalar, sequence } from '../../workflow/index.ts';
import { callOf, outcomeOfCall } from '../calls.ts';
import { decide, type Effect, isDue } from '../decide.ts';
import type { RunEventBody } from '../events.ts';
import { evolve } from '../evolve.ts';
import { expandJob, standIn } from '../expand.ts';
import { joinLeg, joinRun, newsEvent } from '../group-events.ts';
import { createLocalGroups } from '../memberships.ts';
import { standingOf, totalsOf } from '../outcome.ts';
import { makePlan, type Plan } from '../plan.ts';
import type { Policy } from '../policy.ts';
import {
  findJob,
  initialState,
  type JobState,
  jobAt,
  type LegRef,
  type LegState,
  legAt,
  plannedAt,
  type RunState,
} from '../state.ts';

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
  readonly runsOn?: string;
  /** The jobs of the workflow that it calls. */
  readonly calls?: readonly JobSketch[];
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly secrets?: 'inherit' | Readonly<Record<string, string>>;
  readonly permissions?: string;
  /** What the workflow that it calls has at its top. */
  readonly callee?: { readonly on?: MappingNode; readonly permissions?: string; readonly group?: string };
}

function sketchJob(sketch: JobSketch): Job {
  return sketch.calls === undefined ? sketchSteps(sketch) : sketchCall(sketch);
}

function sketchSteps(sketch: JobSketch): StepsJob {
  const { continueOnError, runsOn = 'ubuntu-latest' } = sketch;
  return {
    kind: 'steps',
    ...sketchBase(sketch),
    runsOn: scalar(runsOn),
    steps: [],
    ...(continueOnError === undefined ? {} : { continueOnError: scalar(continueOnError) }),
  };
}

function sketchCall(sketch: JobSketch): CallJob {
  const { secrets } = sketch;
  const texts = (values: Readonly<Record<string, string | number | boolean>>): Node =>
    mapping(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, scalar(value)])));
  return {
    kind: 'call',
    ...sketchBase(sketch),
    uses: { kind: 'scalar', value: './.github/workflows/x.yml' },
    ...(sketch.with === undefined ? {} : { with: texts(sketch.with) }),
    ...(secrets === undefined ? {} : { secrets: secrets === 'inherit' ? scalar(secrets) : texts(secrets) }),
  };
}

/** By the ids of the jobs that call. */
function calleesOf(sketches: readonly JobSketch[]): ResolvedWorkflow['callees'] {
  return new Map(
    sketches.flatMap(({ id, calls, callee = {} }) => {
      if (calls === undefined) return [];
      const { permissions, group, on = mapping({ workflow_call: scalar(null) }) } = callee;
      const workflow = {
        on,
        jobs: calls.map(sketchJob),
        ...(permissions === undefined ? {} : { permissions: scalar(permissions) }),
        ...(group === undefined ? {} : { concurrency: mapping({ group: scalar(group), queue: scalar('max') }) }),
      };
      return [[id, { workflow, file: `${id}.yml`, origin: { path: `${id}.yml` }, callees: calleesOf(calls) }]];
    }),
  );
}

function sketchBase(sketch: JobSketch) {
  const { legs, maxParallel, failFast, group, permissions } = sketch;
  return {
    id: sketch.id,
    needs: sketch.needs ?? [],
    ...(permissions === undefined ? {} : { permissions: scalar(permissions) }),
    ...(sketch.if === undefined ? {} : { if: scalar(sketch.if) }),
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

export function planOf(
  sketches: readonly JobSketch[],
  policy: Partial<Policy> = {},
  { inputs = {}, secrets = {} }: { readonly inputs?: Json; readonly secrets?: Readonly<Record<string, string>> } = {},
): Plan {
  const whole: Policy = { maxParallel: 4, onFailure: 'continue', ...policy };
  return makePlan(
    { jobs: sketches.map(sketchJob) },
    whole,
    { github: {}, inputs, vars: {}, secrets },
    calleesOf(sketches),
  );
}

/** A run in the test's hands. */
export class Simulation {
  readonly plan: Plan;
  readonly events: RunEventBody[] = [];
  /** With GitHub's limit, as a run of a workflow has it. */
  readonly groups = createLocalGroups(100);
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
    const started = this.events.find((event) => event.type === 'job.requested' && event.leg === leg);
    const job = started?.type === 'job.requested' ? started.job : leg;
    const { continueOnError } = this.legOf(job, leg).leg;
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

  private legOf(job: string, id: string): LegState {
    const found = stateOf(this, job).legs.find(({ leg }) => leg.id === id);
    if (found === undefined) throw new Error(`no leg ${id} of ${job}`);
    return found;
  }

  private fold(event: RunEventBody): void {
    this.state = evolve(this.plan, this.state, event);
    this.events.push(event);
    if ((event.type === 'job.finished' || event.type === 'job.skipped') && event.leg !== undefined) {
      this.groups.leave(event.leg);
    }
  }

  private settle(): void {
    for (;;) {
      const effects = decide(this.plan, this.state);
      for (const effect of effects) if (isDue(this.state, effect)) this.perform(effect);
      const news = this.groups.news();
      if (effects.length === 0 && news.length === 0) return;
      for (const one of news) this.fold(newsEvent(one));
    }
  }

  private perform(effect: Effect): void {
    switch (effect.type) {
      case 'expand':
        return this.expand(effect.job);
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
      case 'join-group':
      case 'join-run':
        return this.join(effect);
      case 'call':
        return this.fold(callOf(this.state, effect.ref));
      case 'return': {
        const { result, ...rest } = outcomeOfCall(this.state, effect.ref);
        const names = { job: this.idOf(effect.ref.job), leg: this.legId(effect.ref) };
        return this.fold({ type: 'job.finished', ...names, outcome: result, conclusion: result, duration: 0, ...rest });
      }
      case 'finish':
        return this.fold({
          type: 'run.finished',
          ...standingOf(this.plan, this.state),
          duration: 0,
          totals: totalsOf(this.state),
        });
    }
  }

  private expand(job: number): void {
    const expanded = expandJob(this.plan, this.state, plannedAt(this.state, job));
    if (expanded.ok) this.fold(expanded.value);
    else this.failJob(job, expanded.error);
  }

  private join(effect: Extract<Effect, { type: 'join-group' | 'join-run' }>): void {
    const asking = { groups: this.groups, run: 'r' };
    this.fold(effect.type === 'join-run' ? joinRun(effect.wanted, asking) : joinLeg(this.state, effect, asking));
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
    this.fold(standIn(plannedAt(this.state, index)));
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
    return plannedAt(this.state, index).id;
  }

  private legId(ref: LegRef): string {
    return legAt(this.state, ref).leg.id;
  }
}

function stateOf(simulation: Simulation, job: string): JobState {
  const index = findJob(simulation.state, job);
  if (index === undefined) throw new Error(`no job ${job}`);
  return jobAt(simulation.state, index);
}
