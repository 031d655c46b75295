/** From a job to its legs, as late as its needs' outputs allow: matrix, names, and what is decided for each leg. */
import { err, ok, type Result } from '../shared/result.ts';
import {
  dataFromJson,
  evaluateBoolean,
  evaluateNode,
  evaluateNumber,
  expandMatrix,
  isJsonObject,
  type Job,
  type Json,
  type JsonObject,
  type MatrixLeg,
  type Node,
  nameJob,
  type Scope,
} from '../workflow/index.ts';
import { jobScope } from './conditions.ts';
import type { JobExpanded, Leg } from './events.ts';
import type { Plan, PlannedJob } from './plan.ts';
import type { RunState } from './state.ts';

/** GitHub's own limit for a job that says nothing. */
const DEFAULT_TIMEOUT_MINUTES = 360;

/** The error is a sentence about the expression or value at fault. */
export function expandJob(plan: Plan, state: RunState, planned: PlannedJob): Result<JobExpanded, string> {
  const { job } = planned;
  const scope = jobScope(plan, state, planned);
  const strategy = readStrategy(job, scope);
  if (!strategy.ok) return strategy;
  const { failFast, maxParallel, matrix } = strategy.value;
  const expanded = expandMatrix(matrix);
  if (!expanded.ok) return expanded;
  const combinations: readonly (MatrixLeg | undefined)[] = expanded.value.length > 0 ? expanded.value : [undefined];
  const total = combinations.length;
  const legs: Leg[] = [];
  for (const [index, combination] of combinations.entries()) {
    const legScope = withMatrix(scope, combination, { failFast, maxParallel: maxParallel ?? total, total, index });
    const leg = makeLeg(job, legScope, { combination, index });
    if (!leg.ok) return leg;
    legs.push(leg.value);
  }
  const event: JobExpanded = { type: 'job.expanded', job: job.id, legs, failFast };
  return ok(maxParallel === undefined ? event : { ...event, maxParallel });
}

/** One leg that stands for a job that could not be expanded, so that its failure has a place. */
export function standIn(planned: PlannedJob): JobExpanded {
  const { id } = planned.job;
  const leg: Leg = {
    id,
    name: id,
    index: 0,
    matrix: null,
    continueOnError: false,
    timeoutMinutes: DEFAULT_TIMEOUT_MINUTES,
  };
  return { type: 'job.expanded', job: id, legs: [leg], failFast: true };
}

interface ReadStrategy {
  readonly failFast: boolean;
  readonly maxParallel: number | undefined;
  readonly matrix: Json | undefined;
}

function readStrategy({ strategy }: Job, scope: Scope): Result<ReadStrategy, string> {
  if (strategy?.expression !== undefined) return readWholeStrategy(strategy.expression, scope);
  const failFast = evaluateBoolean(strategy?.failFast, scope, true);
  if (!failFast.ok) return err(`fail-fast: ${failFast.error.message}`);
  const maxParallel = evaluateNumber(strategy?.maxParallel, scope);
  if (!maxParallel.ok) return err(`max-parallel: ${maxParallel.error.message}`);
  if (maxParallel.value !== undefined && !(maxParallel.value >= 1)) return err('max-parallel must be 1 or more');
  const matrix = strategy?.matrix === undefined ? ok(undefined) : evaluateNode(strategy.matrix, scope);
  if (!matrix.ok) return err(`matrix: ${matrix.error.message}`);
  return ok({ failFast: failFast.value, maxParallel: maxParallel.value, matrix: matrix.value });
}

/** GitHub allows one expression for all of it. */
function readWholeStrategy(expression: Node, scope: Scope): Result<ReadStrategy, string> {
  const whole = evaluateNode(expression, scope);
  if (!whole.ok) return err(`strategy: ${whole.error.message}`);
  if (!isJsonObject(whole.value)) return err('strategy: A mapping was expected');
  const { matrix, 'fail-fast': failFast = true, 'max-parallel': maxParallel } = whole.value;
  if (typeof failFast !== 'boolean') return err('fail-fast must be a boolean');
  if (maxParallel === undefined) return ok({ failFast, maxParallel, matrix });
  if (typeof maxParallel !== 'number' || !(maxParallel >= 1)) return err('max-parallel must be 1 or more');
  return ok({ failFast, maxParallel, matrix });
}

function makeLeg(
  job: Job,
  scope: Scope,
  { combination, index }: { readonly combination: MatrixLeg | undefined; readonly index: number },
): Result<Leg, string> {
  const limits = readLimits(job, scope);
  if (!limits.ok) return limits;
  const name = nameJob(job, combination?.nameSegments ?? [], scope);
  if (!name.ok) return err(`name: ${name.error.message}`);
  const group = readConcurrency(job, scope);
  if (!group.ok) return group;
  const leg: Leg = {
    id: combination === undefined ? job.id : `${job.id}+${combination.shortId}`,
    name: name.value,
    index,
    matrix: combination === undefined ? null : combination.values,
    ...limits.value,
  };
  return ok(group.value === undefined ? leg : { ...leg, concurrency: group.value });
}

function readLimits(job: Job, scope: Scope): Result<Pick<Leg, 'continueOnError' | 'timeoutMinutes'>, string> {
  // A job that calls a workflow has no limits of its own.
  const own = job.kind === 'steps' ? job : undefined;
  const continueOnError = evaluateBoolean(own?.continueOnError, scope, false);
  if (!continueOnError.ok) return err(`continue-on-error: ${continueOnError.error.message}`);
  const timeout = evaluateNumber(own?.timeoutMinutes, scope);
  if (!timeout.ok) return err(`timeout-minutes: ${timeout.error.message}`);
  const timeoutMinutes = timeout.value ?? DEFAULT_TIMEOUT_MINUTES;
  if (!(timeoutMinutes > 0)) return err('timeout-minutes must be above 0');
  return ok({ continueOnError: continueOnError.value, timeoutMinutes });
}

function readConcurrency(job: Job, scope: Scope): Result<Leg['concurrency'], string> {
  if (job.concurrency === undefined) return ok(undefined);
  const json = evaluateNode(job.concurrency, scope);
  return json.ok ? concurrencyOf(json.value) : err(`concurrency: ${json.error.message}`);
}

function concurrencyOf(json: Json): Result<Leg['concurrency'], string> {
  if (json === null) return ok(undefined);
  const settings: JsonObject = isJsonObject(json) ? json : { group: typeof json === 'number' ? String(json) : json };
  const group = settings['group'];
  if (typeof group !== 'string' || group === '') return err('Concurrency group name cannot be empty');
  if (group.length > 400) return err('Concurrency group name must be 400 characters or less');
  const queue = settings['queue'] === 'max' ? 'max' : 'single';
  return ok({ group, queue, cancelInProgress: settings['cancel-in-progress'] === true });
}

function withMatrix(
  scope: Scope,
  combination: MatrixLeg | undefined,
  strategy: {
    readonly failFast: boolean;
    readonly index: number;
    readonly total: number;
    readonly maxParallel: number;
  },
): Scope {
  const contexts = {
    ...scope.contexts,
    matrix: dataFromJson(combination === undefined ? null : combination.values),
    strategy: dataFromJson({
      'fail-fast': strategy.failFast,
      'job-index': strategy.index,
      'job-total': strategy.total,
      'max-parallel': strategy.maxParallel,
    }),
  };
  return { ...scope, contexts };
}
