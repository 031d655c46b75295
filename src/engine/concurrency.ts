/** `concurrency` of a job, and of a workflow as a whole. */
import { err, ok, type Result } from '../shared/result.ts';
import {
  dataFromJson,
  dataToString,
  evaluateNode,
  isJsonObject,
  type Json,
  type JsonObject,
  type Node,
  type Scope,
} from '../workflow/index.ts';
import type { Concurrency } from './legs.ts';
import type { PlanContexts } from './plan-contexts.ts';

/** Undefined when there is none. The error is a sentence. */
export function readConcurrency(node: Node | undefined, scope: Scope): Result<Concurrency | undefined, string> {
  if (node === undefined) return ok(undefined);
  const json = evaluateNode(node, scope);
  return json.ok ? concurrencyOf(json.value) : err(`concurrency: ${json.error.message}`);
}

/** Of a workflow: it sees nothing of any job. */
export function readWorkflowConcurrency(
  node: Node | undefined,
  { github, inputs, vars }: PlanContexts,
): Result<Concurrency | undefined, string> {
  const contexts = { github: dataFromJson(github), inputs: dataFromJson(inputs), vars: dataFromJson(vars) };
  return readConcurrency(node, { contexts, functions: {} });
}

function concurrencyOf(json: Json): Result<Concurrency, string> {
  const settings: JsonObject = isJsonObject(json) ? json : { group: json };
  const named = settings['group'] ?? '';
  const group = typeof named === 'object' ? '' : dataToString(named);
  if (group === '') return err('Concurrency group name cannot be empty');
  if (group.length > 400) return err('Concurrency group name must be 400 characters or less');
  const queue = settings['queue'] === 'max' ? 'max' : 'single';
  return ok({ group, queue, cancelInProgress: settings['cancel-in-progress'] === true });
}
