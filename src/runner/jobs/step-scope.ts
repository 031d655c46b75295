/** What the expressions of a job and its steps see; frozen, so that nobody can change it. */
import type { JobRequest, PlanContexts } from '../../engine/index.ts';
import { type Data, dataFromJson, isJsonObject, type JsonObject, type Scope } from '../../workflow/index.ts';
import type { JobStatus, StepOrder } from './step-order.ts';

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
  /** What `job.status` says where the steps are not those of the job itself. */
  readonly jobStatus?: JobStatus;
  readonly env: Readonly<Record<string, string>>;
  /** Members of `github` that are the step's own. */
  readonly github?: JsonObject | undefined;
}

/** For a workflow's `env`. */
export function workflowEnvScope(facts: JobFacts): Scope {
  const { github, inputs, vars, secrets } = ofJob(facts);
  return scopeOf({ github, inputs, vars, secrets });
}

/** For a job's `env`, which sees neither steps nor itself. */
export function jobEnvScope(facts: JobFacts): Scope {
  return scopeOf(ofJob(facts));
}

/** For a job's `defaults.run`. */
export function defaultsScope(facts: JobFacts, env: Readonly<Record<string, string>>): Scope {
  const { secrets: _, ...contexts } = ofJob(facts);
  return scopeOf({ ...contexts, env: () => envData(env) });
}

/** For anything in a step, its `if` included. */
export function stepScope(facts: JobFacts, view: StepView): Scope {
  return scopeOf({ ...ofJob(facts, view.github), ...ofSteps(facts, view) }, statusFunctions(view.order));
}

/** For anything in a step of a composite action: it sees the action's inputs, and neither secrets nor `needs`. */
export function compositeScope(facts: JobFacts, view: StepView, inputs: Readonly<Record<string, string>>): Scope {
  const { github, strategy, matrix } = ofJob(facts, view.github);
  const contexts = { github, strategy, matrix, inputs: () => dataFromJson(inputs), ...ofSteps(facts, view) };
  return scopeOf(contexts, statusFunctions(view.order));
}

/** The evaluations of one step mostly want the same scope: it is made again when something has changed. */
export function scopesOf(order: () => StepOrder, make: (view: StepView) => Scope) {
  let last: { readonly view: StepView; readonly scope: Scope } | undefined;
  return (env: StepView['env'], github?: JsonObject): Scope => {
    const view = { order: order(), env, github };
    const { view: before } = last ?? {};
    if (last === undefined || before?.order !== view.order || before.env !== env || before.github !== github)
      last = { view, scope: make(view) };
    return last.scope;
  };
}

type Makers = Readonly<Record<string, () => Data>>;

/** A context is made when it is first asked for: most expressions ask for one, and most texts hold none. */
function scopeOf(makers: Makers, functions: Scope['functions'] = {}): Scope {
  let contexts: Scope['contexts'] | undefined;
  return {
    get contexts() {
      contexts ??= contextsOf(makers);
      return contexts;
    },
    functions,
  };
}

function contextsOf(makers: Makers): Scope['contexts'] {
  const contexts: Record<string, Data> = {};
  for (const [name, make] of Object.entries(makers)) {
    let made: Data | undefined;
    const get = (): Data => {
      made ??= make();
      return made;
    };
    Object.defineProperty(contexts, name, { get, enumerable: true });
  }
  return Object.freeze(contexts);
}

function ofSteps(facts: JobFacts, { order, env, jobStatus = order.status }: StepView): Makers {
  return {
    steps: () => dataFromJson(stepsData(order)),
    job: () => dataFromJson({ ...facts.job, status: jobStatus }),
    runner: () => dataFromJson(facts.runner ?? {}),
    env: () => envData(env),
  };
}

/** In GitHub's order, which `toJSON` shows. */
function stepsData({ results }: StepOrder): JsonObject {
  const entries = [...results].map(([id, { outputs, outcome, conclusion }]) => {
    return [id, { outputs, outcome, conclusion }] as const;
  });
  return Object.fromEntries(entries);
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

function ofJob({ contexts, request, secrets }: JobFacts, more?: JsonObject) {
  const { strategy } = request;
  const base = isJsonObject(contexts.github) ? contexts.github : {};
  return {
    github: () => dataFromJson(more === undefined ? contexts.github : { ...base, ...more }),
    inputs: () => dataFromJson(contexts.inputs),
    vars: () => dataFromJson(contexts.vars),
    secrets: () => dataFromJson(secrets),
    needs: () => dataFromJson(request.needs),
    matrix: () => dataFromJson(request.leg.matrix),
    strategy: () =>
      dataFromJson({
        'fail-fast': strategy.failFast,
        'job-index': strategy.jobIndex,
        'job-total': strategy.jobTotal,
        'max-parallel': strategy.maxParallel,
      }),
  };
}
