/** What the expressions of a job and its steps see; made anew for each evaluation, so that nobody can change it. */
import type { JobRequest, PlanContexts } from '../../engine/index.ts';
import { dataFromJson, type Scope } from '../../workflow/index.ts';
import type { StepOrder } from './step-order.ts';

/** What does not change while a job runs. */
export interface JobFacts {
  readonly contexts: PlanContexts;
  readonly secrets: Readonly<Record<string, string>>;
  readonly request: JobRequest;
}

/** For a job's `env`, which sees neither steps nor itself. */
export function jobEnvScope(facts: JobFacts): Scope {
  return { contexts: { ...ofJob(facts), secrets: dataFromJson(facts.secrets) }, functions: {} };
}

/** For anything in a step, its `if` included. */
export function stepScope(facts: JobFacts, order: StepOrder, env: Readonly<Record<string, string>>): Scope {
  const steps = Object.fromEntries([...order.results].map(([id, record]) => [id, { ...record }]));
  return {
    contexts: {
      ...ofJob(facts),
      secrets: dataFromJson(facts.secrets),
      steps: dataFromJson(steps),
      job: dataFromJson({ status: order.status }),
      runner: dataFromJson({}),
      env: dataFromJson(env, { caseSensitive: true }),
    },
    functions: {
      always: () => true,
      cancelled: () => order.status === 'cancelled',
      failure: () => order.status === 'failure',
      success: () => order.status === 'success',
    },
  };
}

function ofJob({ contexts, request }: JobFacts): Scope['contexts'] {
  const { strategy } = request;
  return {
    github: dataFromJson(contexts.github),
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
