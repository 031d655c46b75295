/** A task's matrix as a job's strategy. */
import type { Strategy } from '../../workflow/index.ts';
import type { Task } from '../config.ts';

/** Undefined without a matrix: limits on legs mean nothing then. */
export function strategyOf({ matrix, failFast, maxParallel }: Task): Strategy | undefined {
  if (matrix === undefined) return undefined;
  return {
    matrix,
    ...(failFast === undefined ? {} : { failFast }),
    ...(maxParallel === undefined ? {} : { maxParallel }),
  };
}
