/** From a job to its legs, as late as its needs' outputs allow: matrix, names, and what is decided for each leg. */
import { err, ok, type Result } from '../shared/result.ts';
import {
  evaluateBoolean,
  evaluateNode,
  evaluateNumber,
  expandMatrix,
  isJsonObject,
  type Job,
  type Json,
  type MatrixLeg,
  type Node,
  nameJob,
  type Scope,
} from '../workflow/index.ts';
import { nameInCall } from './calls.ts';
import { jobScope } from './conditions.ts';
import type { JobExpanded } from './events.ts';
import { withMatrix } from './leg-scope.ts';
import { DEFAULT_TIMEOUT_MINUTES, readLegSettings } from './leg-settings.ts';
import type { Leg } from './legs.ts';
import type { Plan } from './plan.ts';
import type { PlannedJob } from './planned-job.ts';
import type { Platforms } from './platforms.ts';
import type { RunState } from './state.ts';

/** The error is a sentence about the expression or value at fault. */
export function expandJob(plan: Plan, state: RunState, planned: PlannedJob): Result<JobExpanded, string> {
  const { job } = planned;
  const scope = jobScope(state, planned);
  const strategy = readStrategy(job, scope);
  if (!strategy.ok) return strategy;
  const { failFast, maxParallel, matrix } = strategy.value;
  const expanded = expandMatrix(matrix);
  if (!expanded.ok) return expanded;
  const combinations: readonly (MatrixLeg | undefined)[] = expanded.value.length > 0 ? expanded.value : [undefined];
  const total = combinations.length;
  const legs: Leg[] = [];
  for (const [index, combination] of combinations.entries()) {
    const strategyOfLeg = { failFast, maxParallel: maxParallel ?? total, total, index };
    const legScope = withMatrix(scope, combination?.values ?? null, strategyOfLeg);
    const leg = makeLeg(planned, { combination, index, scope: legScope }, plan.policy.platforms);
    if (!leg.ok) return leg;
    legs.push(leg.value);
  }
  const event: JobExpanded = { type: 'job.expanded', job: planned.id, legs, failFast };
  return ok(maxParallel === undefined ? event : { ...event, maxParallel });
}

/** One leg that stands for a job that could not be expanded, so that its failure has a place. */
export function standIn(planned: PlannedJob): JobExpanded {
  const { id } = planned;
  const leg: Leg = {
    id,
    name: nameInCall(planned.job.id, planned.scope),
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
  planned: PlannedJob,
  {
    combination,
    index,
    scope,
  }: { readonly combination: MatrixLeg | undefined; readonly index: number; readonly scope: Scope },
  platforms: Platforms | undefined,
): Result<Leg, string> {
  const { job, id } = planned;
  const settings = readLegSettings(planned, scope, platforms);
  if (!settings.ok) return settings;
  const name = nameJob(job, combination?.nameSegments ?? [], scope);
  if (!name.ok) return err(`name: ${name.error.message}`);
  return ok({
    id: combination === undefined ? id : `${id}+${combination.shortId}`,
    name: nameInCall(name.value, planned.scope),
    index,
    matrix: combination === undefined ? null : combination.values,
    ...settings.value,
  });
}
