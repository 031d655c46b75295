/** What a job's keys come to for one leg: limits, groups, the machine that it asks for, its environment. */
import { err, ok, type Result } from '../shared/result.ts';
import {
  dataToString,
  evaluateBoolean,
  evaluateNode,
  evaluateNumber,
  isJsonObject,
  type Job,
  type Json,
  type Scope,
  type StepsJob,
} from '../workflow/index.ts';
import { readCallValues } from './call-values.ts';
import { readConcurrency, readWorkflowConcurrency } from './concurrency.ts';
import type { Leg, RunsOn } from './legs.ts';
import type { PlannedJob } from './planned-job.ts';
import { judgeRunsOn, type Platforms } from './platforms.ts';

/** GitHub's own limit for a job that says nothing. */
export const DEFAULT_TIMEOUT_MINUTES = 360;

type Settings = Omit<Leg, 'id' | 'name' | 'index' | 'matrix'>;
type Settled<T> = Result<T, string>;

/** The error is a sentence about the expression or value at fault. */
export function readLegSettings(
  planned: PlannedJob,
  scope: Scope,
  platforms: Platforms | undefined,
): Settled<Settings> {
  const { job } = planned;
  return joined<Settings>([
    readLimits(job, scope),
    renamed('concurrency', readConcurrency(job.concurrency, scope)),
    job.kind === 'call' ? readCallee(planned, scope) : readMachine(job, scope, platforms),
  ]);
}

/** All of them, or the first error. */
function joined<T>(parts: readonly Settled<Partial<T>>[]): Settled<T> {
  const all: Partial<T>[] = [];
  for (const part of parts) {
    if (!part.ok) return part;
    all.push(part.value);
  }
  return ok(Object.assign({}, ...all) as T);
}

function renamed<K extends keyof Settings>(
  key: K,
  value: Settled<Settings[K] | undefined>,
): Settled<Partial<Settings>> {
  if (!value.ok) return value;
  return ok(value.value === undefined ? {} : { [key]: value.value });
}

function readLimits(job: Job, scope: Scope): Settled<Partial<Settings>> {
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

function readCancelTimeout({ cancelTimeoutMinutes }: StepsJob, scope: Scope): Settled<number | undefined> {
  const minutes = evaluateNumber(cancelTimeoutMinutes, scope);
  if (!minutes.ok) return err(`cancel-timeout-minutes: ${minutes.error.message}`);
  if (minutes.value !== undefined && !(minutes.value >= 0)) return err('cancel-timeout-minutes must not be below 0');
  return minutes;
}

/** What a call gives is looked at before it is made, so that a call under way has nothing left to fail for. */
function readCallee(planned: PlannedJob, scope: Scope): Settled<Partial<Settings>> {
  const values = readCallValues(planned, scope);
  if (!values.ok) return values;
  const contexts = { ...planned.scope.contexts, inputs: values.value.inputs };
  return renamed('calleeConcurrency', readWorkflowConcurrency(planned.callee?.workflow.concurrency, contexts));
}

function readMachine(job: StepsJob, scope: Scope, platforms: Platforms | undefined): Settled<Partial<Settings>> {
  return joined<Partial<Settings>>([
    renamed('cancelTimeoutMinutes', readCancelTimeout(job, scope)),
    renamed('environment', readEnvironment(job, scope)),
    platforms === undefined ? ok({}) : readRunsOn(job, scope, platforms),
  ]);
}

function readRunsOn(job: StepsJob, scope: Scope, platforms: Platforms): Settled<Partial<Settings>> {
  const json = evaluateNode(job.runsOn, scope);
  if (!json.ok) return err(`runs-on: ${json.error.message}`);
  const runsOn = runsOnOf(json.value);
  if (!runsOn.ok) return runsOn;
  const unserved = judgeRunsOn(runsOn.value, platforms);
  return ok(unserved === undefined ? { runsOn: runsOn.value } : { runsOn: runsOn.value, unserved });
}

function runsOnOf(json: Json): Settled<RunsOn> {
  const { labels, group } = isJsonObject(json) ? json : { labels: json, group: undefined };
  const list = (Array.isArray(labels) ? labels : [labels ?? '']).map((label) =>
    typeof label === 'object' && label !== null ? '' : dataToString(label).trim(),
  );
  const named = typeof group === 'string' && group !== '' ? group : undefined;
  const filled = list.filter((label) => label !== '');
  if (filled.length === 0 && named === undefined) return err('runs-on names neither a label nor a group');
  return ok(named === undefined ? { labels: filled } : { labels: filled, group: named });
}

/** Its `url` is known when the job ends, and not here. */
function readEnvironment({ environment }: StepsJob, scope: Scope): Settled<Leg['environment'] | undefined> {
  if (environment === undefined) return ok(undefined);
  const entry = (key: string) =>
    environment.kind === 'mapping' ? environment.entries.find((one) => one.key.value === key)?.value : undefined;
  const node = environment.kind === 'mapping' ? entry('name') : environment;
  const json = node === undefined ? ok(null) : evaluateNode(node, scope);
  if (!json.ok) return err(`environment: ${json.error.message}`);
  const name = nameIn(json.value);
  const deployment = entry('deployment');
  const deploys = evaluateBoolean(deployment?.kind === 'scalar' ? deployment : undefined, scope, true);
  if (!deploys.ok) return err(`environment: ${deploys.error.message}`);
  return ok(name === '' ? undefined : { name, deployment: deploys.value });
}

/** One expression may stand for the whole. */
function nameIn(json: Json): string {
  const name = isJsonObject(json) ? (json['name'] ?? null) : json;
  return typeof name === 'object' && name !== null ? '' : dataToString(name);
}
