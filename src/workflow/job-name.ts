/** The name of a job that people see. */
import { ok, type Result } from '../shared/result.ts';
import { evaluateString, hasExpression, type NodeFault, type Scope } from './expressions/index.ts';
import type { Job } from './model.ts';

const MAX_NAME = 100;

/**
 * A name with an expression is what it evaluates to (in the leg's own scope) and says itself what tells the legs apart;
 * any other gets the leg's segments in parentheses, as does the id of a job without a name or with an empty one.
 */
export function nameJob(
  job: Pick<Job, 'id' | 'name'>,
  nameSegments: readonly string[],
  scope: Scope,
): Result<string, NodeFault> {
  if (!job.name) return ok(nameLeg(job.id, nameSegments));
  const name = evaluateString(job.name, scope);
  if (!name.ok) return name;
  const isEvaluated = typeof job.name.value === 'string' && hasExpression(job.name.value);
  if (isEvaluated && name.value !== '') return name;
  return ok(nameLeg(name.value === '' ? job.id : name.value, nameSegments));
}

function nameLeg(name: string, segments: readonly string[]): string {
  const full = segments.length === 0 ? name : `${name} (${segments.join(', ')})`;
  return full.length > MAX_NAME ? `${full.slice(0, MAX_NAME - 3)}...` : full;
}
