/** Which contexts and functions may be used where in a workflow, as GitHub's schema has it. */
import type { FunctionSpec, Vocabulary } from './names.ts';

const HASH_FILES: FunctionSpec = { name: 'hashFiles', minArgs: 1, maxArgs: 255 };

export const STATUS_FUNCTIONS = ['success', 'failure', 'cancelled', 'always'] as const;

/** A job's `if` may ask for the results of named jobs. */
const JOB_STATUS: readonly FunctionSpec[] = [
  { name: 'success', minArgs: 0, maxArgs: Number.MAX_SAFE_INTEGER },
  { name: 'failure', minArgs: 0, maxArgs: Number.MAX_SAFE_INTEGER },
  { name: 'cancelled', minArgs: 0, maxArgs: 0 },
  { name: 'always', minArgs: 0, maxArgs: 0 },
];
const STEP_STATUS: readonly FunctionSpec[] = STATUS_FUNCTIONS.map((name) => ({ name, minArgs: 0, maxArgs: 0 }));

const BASE = ['github', 'inputs', 'vars'];
const LEG = [...BASE, 'needs', 'strategy', 'matrix'];
const RUNNING = ['steps', 'job', 'runner', 'env'];
const COMPOSITE = ['github', 'inputs', 'strategy', 'matrix', ...RUNNING];

export const AVAILABILITY = {
  /** `uses`, `shell`, `id` and other texts that are never evaluated. */
  literal: vocabulary([]),
  runName: vocabulary(BASE),
  workflowConcurrency: vocabulary(BASE),
  workflowCallInputDefault: vocabulary(BASE),
  workflowEnv: vocabulary([...BASE, 'secrets']),
  workflowCallOutput: vocabulary([...BASE, 'jobs']),
  jobIf: vocabulary([...BASE, 'needs'], JOB_STATUS),
  strategy: vocabulary([...BASE, 'needs']),
  /** A job's name, runs-on, limits, continue-on-error, container, services, environment, concurrency, `with`. */
  job: vocabulary(LEG),
  jobSecrets: vocabulary([...LEG, 'secrets']),
  jobEnv: vocabulary([...LEG, 'secrets']),
  jobDefaultsRun: vocabulary([...LEG, 'env']),
  jobOutputs: vocabulary([...LEG, 'secrets', ...RUNNING]),
  containerCredentials: vocabulary([...BASE, 'secrets', 'env']),
  containerEnv: vocabulary([...LEG, 'secrets', ...RUNNING]),
  environmentUrl: vocabulary([...LEG, ...RUNNING]),
  /** A step's run, name, env, with, limits, continue-on-error and working-directory. */
  step: vocabulary([...LEG, 'secrets', ...RUNNING], [HASH_FILES]),
  stepIf: vocabulary([...LEG, ...RUNNING], [...STEP_STATUS, HASH_FILES]),
  compositeStep: vocabulary(COMPOSITE, [HASH_FILES]),
  compositeStepIf: vocabulary(COMPOSITE, [...STEP_STATUS, HASH_FILES]),
  actionInputDefault: vocabulary(['github', 'strategy', 'matrix', 'job', 'runner'], [HASH_FILES]),
  /** `pre-if` and `post-if` of an action. */
  stageIf: vocabulary(['github', 'inputs', 'strategy', 'matrix', 'job', 'runner', 'env'], [...STEP_STATUS, HASH_FILES]),
  compositeOutput: vocabulary(['github', 'strategy', 'matrix', 'steps', 'inputs', 'job', 'runner', 'env']),
  dockerActionArgs: vocabulary(['inputs']),
} as const;

function vocabulary(contexts: readonly string[], functions: readonly FunctionSpec[] = []): Vocabulary {
  return { contexts, functions };
}
