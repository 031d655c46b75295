/** What the expressions of a job and its steps see; made anew for each evaluation, so that nobody can change it. */
import type { JobRequest, PlanContexts } from '../../engine/index.ts';
import { type Data, dataFromJson, isJsonObject, type JsonObject, type Scope } from '../../workflow/index.ts';
import type { StepOrder } from './step-order.ts';

/** What does not change while a job runs. */
export interface JobFacts {
  readonly contexts: PlanContexts;
  readonly secrets: Readonly<Record<string, string>>;
  readonly request: JobRequest;
  /** The `runner` context, and `job` beside its status; tasks have none. */
  readonly runner?: JsonObject;
  readonly job?: JsonObject;
}

export interface StepView {
  readonly order: StepOrder;
  readonly env: Readonly<Record<string, string>>;
  /** Members of `github` that are the step's own. */
  readonly github?: JsonObject | undefined;
}

/** For a workflow's `env`. */
export function workflowEnvScope(facts: JobFacts): Scope {
  const { github, inputs, vars } = ofJob(facts);
  const contexts = { github: github ?? null, inputs: inputs ?? null, vars: vars ?? null };
  return { contexts: { ...contexts, secrets: dataFromJson(facts.secrets) }, functions: {} };
}

/** For a job's `env`, which sees neither steps nor itself. */
export function jobEnvScope(facts: JobFacts): Scope {
  return { contexts: { ...ofJob(facts), secrets: dataFromJson(facts.secrets) }, functions: {} };
}

/** For a job's `defaults.run`. */
export function defaultsScope(facts: JobFacts, env: Readonly<Record<string, string>>): Scope {
  return { contexts: { ...ofJob(facts), env: envData(env) }, functions: {} };
}

/** For anything in a step, its `if` included. */
export function stepScope(facts: JobFacts, view: StepView): Scope {
  return {
    contexts: { ...ofJob(facts, view.github), secrets: dataFromJson(facts.secrets), ...ofSteps(facts, view) },
    functions: statusFunctions(view.order),
  };
}

/** For anything in a step of a composite action: it sees the action's inputs, and neither secrets nor `needs`. */
export function compositeScope(facts: JobFacts, view: StepView, inputs: Readonly<Record<string, string>>): Scope {
  const { github, strategy, matrix } = ofJob(facts, view.github);
  return {
    contexts: {
      github: github ?? null,
      strategy: strategy ?? null,
      matrix: matrix ?? null,
      inputs: dataFromJson(inputs),
      ...ofSteps(facts, view),
    },
    functions: statusFunctions(view.order),
  };
}

function ofSteps(facts: JobFacts, { order, env }: StepView): Readonly<Record<string, Data>> {
  const steps = Object.fromEntries([...order.results].map(([id, record]) => [id, { ...record }]));
  return {
    steps: dataFromJson(steps),
    job: dataFromJson({ ...facts.job, status: order.status }),
    runner: dataFromJson(facts.runner ?? {}),
    env: envData(env),
  };
}

function envData(env: Readonly<Record<string, string>>): Data {
  return dataFromJson(env, { caseSensitive: true });
}

function statusFunctions({ status }: StepOrder): Scope['functions'] {
  return {
    always: () => true,
    cancelled: () => status === 'cancelled',
    failure: () => status === 'failure',
    success: () => status === 'success',
  };
}

function ofJob({ contexts, request }: JobFacts, more?: JsonObject): Readonly<Record<string, Data>> {
  const { strategy } = request;
  const base = isJsonObject(contexts.github) ? contexts.github : {};
  return {
    github: dataFromJson(more === undefined ? contexts.github : { ...base, ...more }),
    inputs: dataFromJson(contexts.inputs),
    vars: dataFromJson(contexts.vars),
    needs: dataFromJson(request.needs),
    matrix: dataFromJson(request.leg.matrix),
    strategy: dataFromJson({
      'fail-fast': strategy.failFast,
      'job-index': strategy.jobIndex,
      'job-total': strategy.jobTotal,
      'max-parallel': strategy.maxParallel,
    }),
  };
}
