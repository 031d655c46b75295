/** What the expressions of one leg see: those of its job, and `matrix` and `strategy`. */
import { dataFromJson, type JsonObject, type Scope } from '../workflow/index.ts';
import { jobScope } from './conditions.ts';
import { jobAt, type LegRef, legAt, type RunState } from './state.ts';

export interface LegStrategy {
  readonly failFast: boolean;
  readonly index: number;
  readonly total: number;
  readonly maxParallel: number;
}

export function withMatrix(scope: Scope, matrix: JsonObject | null, strategy: LegStrategy): Scope {
  const contexts = {
    ...scope.contexts,
    matrix: dataFromJson(matrix),
    strategy: dataFromJson({
      'fail-fast': strategy.failFast,
      'job-index': strategy.index,
      'job-total': strategy.total,
      'max-parallel': strategy.maxParallel,
    }),
  };
  return { ...scope, contexts };
}

/** The strategy of a leg that is known. */
export function strategyOf(state: RunState, ref: LegRef): LegStrategy {
  const { legs, failFast, maxParallel } = jobAt(state, ref.job);
  const { leg } = legAt(state, ref);
  // Without a matrix GitHub says 1; with one, as many as there are unless the job says otherwise.
  const parallel = leg.matrix === null ? 1 : Math.min(maxParallel, legs.length);
  return { failFast, index: leg.index, total: legs.length, maxParallel: parallel };
}

export function legScope(state: RunState, ref: LegRef): Scope {
  const { planned } = jobAt(state, ref.job);
  return withMatrix(jobScope(state, planned), legAt(state, ref).leg.matrix, strategyOf(state, ref));
}
