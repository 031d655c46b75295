/** What passes between a workflow and its caller: inputs and secrets on the way in, outputs on the way out. */
import { err, ok, type Result } from '../shared/result.ts';
import {
  type CallDefinitions,
  type CallJob,
  dataFromJson,
  dataToString,
  emptyInput,
  evaluateNode,
  evaluateString,
  evaluateStrings,
  foldCase,
  type InputDefinition,
  isJsonObject,
  type Json,
  type JsonObject,
  readCallDefinitions,
  type Scope,
} from '../workflow/index.ts';
import type { PlanContexts } from './plan-contexts.ts';
import type { PlannedJob, WorkflowScope } from './planned-job.ts';
import { type CalledState, jobAt, type RunState } from './state.ts';

export interface CallValues {
  readonly inputs: JsonObject;
  readonly secrets: Readonly<Record<string, string>>;
}

/** `scope` is that of the calling leg. The error is a sentence. */
export function readCallValues(planned: PlannedJob, scope: Scope): Result<CallValues, string> {
  const { job, callee, scope: caller } = planned;
  const definitions = callee === undefined ? undefined : readCallDefinitions(callee.workflow.on);
  if (job.kind !== 'call' || definitions === undefined) return err(`${planned.id} calls no workflow`);
  const inputs = readInputs(job, definitions.inputs, { scope, contexts: caller.contexts });
  if (!inputs.ok) return inputs;
  const secrets = readSecrets(job, scope, caller.contexts.secrets ?? {});
  return secrets.ok ? ok({ inputs: inputs.value, secrets: secrets.value }) : secrets;
}

interface Caller {
  readonly scope: Scope;
  readonly contexts: PlanContexts;
}

function readInputs(
  job: CallJob,
  definitions: readonly InputDefinition[],
  { scope, contexts }: Caller,
): Result<JsonObject, string> {
  const given = job.with === undefined ? ok({}) : evaluateNode(job.with, scope);
  if (!given.ok) return err(`with: ${given.error.message}`);
  const values = new Map(
    Object.entries(isJsonObject(given.value) ? given.value : {}).map(([k, v]) => [foldCase(k), v]),
  );
  const inputs = new Map<string, Json>();
  for (const definition of definitions) {
    const value = values.get(foldCase(definition.name)) ?? null;
    const fallback = value === null ? readDefault(definition, contexts, Object.fromEntries(inputs)) : ok(value);
    if (!fallback.ok) return fallback;
    const typed = typedInput(definition, fallback.value);
    if (!typed.ok) return typed;
    inputs.set(definition.name, typed.value);
  }
  return ok(Object.fromEntries(inputs));
}

/** A default may build on the inputs before it. */
function readDefault(definition: InputDefinition, contexts: PlanContexts, inputs: JsonObject): Result<Json, string> {
  if (definition.default === undefined) return ok(emptyInput(definition.type));
  const { github, vars } = contexts;
  const scope: Scope = {
    contexts: { github: dataFromJson(github), inputs: dataFromJson(inputs), vars: dataFromJson(vars) },
    functions: {},
  };
  const value = evaluateNode(definition.default, scope);
  return value.ok ? value : err(`input ${definition.name}: ${value.error.message}`);
}

function typedInput({ name, type }: InputDefinition, value: Json): Result<Json, string> {
  if (typeof value === 'object' && value !== null) return err(`input ${name}: A ${type} was expected`);
  if (type !== 'boolean' && type !== 'number') return ok(dataToString(value));
  return typeof value === type ? ok(value) : err(`input ${name}: A ${type} was expected`);
}

/** The token is there in any case; what is empty is as if it were not given. */
function readSecrets(
  { secrets }: CallJob,
  scope: Scope,
  known: Readonly<Record<string, string>>,
): Result<Readonly<Record<string, string>>, string> {
  if (secrets?.kind === 'scalar' && secrets.value === 'inherit') return ok(known);
  const token = Object.entries(known).filter(([name]) => foldCase(name) === foldCase('GITHUB_TOKEN'));
  if (secrets === undefined) return ok(Object.fromEntries(token));
  const contexts = { ...scope.contexts, secrets: dataFromJson(known) };
  const given = evaluateStrings(secrets, { ...scope, contexts });
  if (!given.ok) return err(`secrets: ${given.error.message}`);
  return ok(Object.fromEntries([...token, ...Object.entries(given.value).filter(([, value]) => value !== '')]));
}

/** Of a workflow all of whose jobs have ended; empty ones are left out. The error is a sentence. */
export function readCallOutputs(
  state: RunState,
  { scope, jobs }: CalledState,
  definitions: CallDefinitions['outputs'],
): Result<Readonly<Record<string, string>>, string> {
  const values = valuesOf(state, scope, jobs);
  const outputs = new Map<string, string>();
  for (const { name, value } of definitions) {
    const text = evaluateString(value, values);
    if (!text.ok) return err(`output ${name}: ${text.error.message}`);
    if (text.value !== '') outputs.set(name, text.value);
  }
  return ok(Object.fromEntries(outputs));
}

function valuesOf(state: RunState, { first, contexts }: WorkflowScope, count: number): Scope {
  const jobs = Array.from({ length: count }, (_, offset) => {
    const { planned, result = 'skipped', outputs } = jobAt(state, first + offset);
    return [planned.job.id, { result, outputs }] as const;
  });
  return {
    contexts: {
      github: dataFromJson(contexts.github),
      inputs: dataFromJson(contexts.inputs),
      vars: dataFromJson(contexts.vars),
      jobs: dataFromJson(Object.fromEntries(jobs)),
    },
    functions: {},
  };
}
