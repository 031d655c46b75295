/** From a job to its legs, as late as its needs' outputs allow: matrix, names, and what is decided for each leg. */
import { err, ok, type Result } from '../shared/result.ts';
import {
  dataFromJson,
  evaluateBoolean,
  evaluateNode,
  evaluateNumber,
  expandMatrix,
  isJsonObject,
  type Json,
  type MatrixLeg,
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
  const failFast = evaluateBoolean(job.strategy?.failFast, scope, true);
  if (!failFast.ok) return err(`fail-fast: ${failFast.error.message}`);
  const limit = evaluateNumber(job.strategy?.maxParallel, scope);
  if (!limit.ok) return err(`max-parallel: ${limit.error.message}`);
  if (limit.value !== undefined && !(limit.value >= 1)) return err('max-parallel must be 1 or more');
  const matrix = job.strategy?.matrix === undefined ? ok(undefined) : evaluateNode(job.strategy.matrix, scope);
  if (!matrix.ok) return err(`matrix: ${matrix.error.message}`);
  const expanded = expandMatrix(matrix.value);
  if (!expanded.ok) return expanded;
  const combinations: readonly (MatrixLeg | undefined)[] = expanded.value.length > 0 ? expanded.value : [undefined];
  const strategy = {
    failFast: failFast.value,
    total: combinations.length,
    maxParallel: limit.value ?? combinations.length,
  };
  const legs: Leg[] = [];
  for (const [index, combination] of combinations.entries()) {
    const leg = makeLeg(planned, withMatrix(scope, combination, { ...strategy, index }), { combination, index });
    if (!leg.ok) return leg;
    legs.push(leg.value);
  }
  const event: JobExpanded = { type: 'job.expanded', job: job.id, legs, failFast: failFast.value };
  return ok(limit.value === undefined ? event : { ...event, maxParallel: limit.value });
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

function makeLeg(
  { job }: PlannedJob,
  scope: Scope,
  { combination, index }: { readonly combination: MatrixLeg | undefined; readonly index: number },
): Result<Leg, string> {
  const continueOnError = evaluateBoolean(job.continueOnError, scope, false);
  if (!continueOnError.ok) return err(`continue-on-error: ${continueOnError.error.message}`);
  const timeout = evaluateNumber(job.timeoutMinutes, scope);
  if (!timeout.ok) return err(`timeout-minutes: ${timeout.error.message}`);
  const timeoutMinutes = timeout.value ?? DEFAULT_TIMEOUT_MINUTES;
  if (!(timeoutMinutes > 0)) return err('timeout-minutes must be above 0');
  const name = nameJob(job, combination?.nameSegments ?? [], scope);
  if (!name.ok) return err(`name: ${name.error.message}`);
  const concurrency = job.concurrency === undefined ? ok(null) : evaluateNode(job.concurrency, scope);
  if (!concurrency.ok) return err(`concurrency: ${concurrency.error.message}`);
  const group = concurrencyOf(concurrency.value);
  if (!group.ok) return group;
  const leg: Leg = {
    id: combination === undefined ? job.id : `${job.id}+${combination.shortId}`,
    name: name.value,
    index,
    matrix: combination === undefined ? null : combination.values,
    continueOnError: continueOnError.value,
    timeoutMinutes,
  };
  return ok(group.value === undefined ? leg : { ...leg, concurrency: group.value });
}

function concurrencyOf(json: Json): Result<Leg['concurrency'], string> {
  if (json === null) return ok(undefined);
  const settings = isJsonObject(json) ? json : { group: json };
  const group = String(settings['group'] ?? '');
  if (group === '') return err('Concurrency group name cannot be empty');
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
