/** The environment of a step: what the workflow set, and on top of it what the runner says of itself. */
import { posix, win32 } from 'node:path';
import type { Json } from '../../workflow/index.ts';

export type StepKind = 'run' | 'node' | 'docker';

export interface StepEnvInput {
  readonly kind: StepKind;
  /** Where the step runs. On Windows names are one whatever their letter case. */
  readonly platform: NodeJS.Platform;
  /** What every process of the job starts from. */
  readonly base: Readonly<Record<string, string>>;
  /** The `env` context: the job's, then what GITHUB_ENV added, then the step's. */
  readonly env: Readonly<Record<string, string>>;
  /** What earlier stages of the same action saved. */
  readonly state: Readonly<Record<string, string>>;
  /** An action's inputs, defaults included. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Entries for the PATH in the order in which they were added. */
  readonly prepends: readonly string[];
  /** The `github` and `runner` contexts as this step sees them. */
  readonly github: Readonly<Record<string, Json>>;
  readonly runner: Readonly<Record<string, Json>>;
  readonly services: StepServices;
}

/** Absent where the run has no such service, or the job no permission for it. */
export interface StepServices {
  readonly runtimeUrl?: string;
  readonly runtimeToken?: string;
  readonly cacheUrl?: string;
  readonly resultsUrl?: string;
  /** Absent where there is no cache of the second version, which is at `resultsUrl` too. */
  readonly cacheMode?: string;
  /** Both need `id-token: write`. */
  readonly idTokenUrl?: string;
  readonly idTokenToken?: string;
  readonly orchestrationId?: string;
  /** What the action is given in place of what the workflow says. */
  readonly inputs?: Readonly<Record<string, string>>;
}

/** For what a step wants the services. */
export interface StepUse {
  /** With the members that are the step's own, such as `action_repository`. */
  readonly github: Readonly<Record<string, Json>>;
  /** The inputs that the workflow says, and no defaults. */
  readonly given: Readonly<Record<string, string>>;
}

/** Neither the token nor the event is among them. */
const GITHUB_NAMES = [
  'action',
  'action_path',
  'action_ref',
  'action_repository',
  'actor',
  'actor_id',
  'api_url',
  'artifacts',
  'artifacts_list',
  'base_ref',
  'env',
  'event_name',
  'event_path',
  'graphql_url',
  'head_ref',
  'job',
  'output',
  'path',
  'ref',
  'ref_name',
  'ref_protected',
  'ref_type',
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'retention_days',
  'run_attempt',
  'run_id',
  'run_number',
  'server_url',
  'sha',
  'state',
  'step_summary',
  'triggering_actor',
  'workflow',
  'workflow_ref',
  'workflow_sha',
  'workspace',
];
/** By the name in the context. */
const GITHUB_VARIABLES: ReadonlyMap<string, string> = new Map(
  GITHUB_NAMES.map((name) => [name, `GITHUB_${name.toUpperCase()}`]),
);

/** Later lines win, so that no workflow can change what the runner says. */
export function buildStepEnv(input: StepEnvInput): Readonly<Record<string, string>> {
  const env = new Variables(input.platform);
  env.setAll(input.base);
  env.setAll(input.env);
  if (input.kind !== 'run') {
    env.setAll(input.state, (name) => `STATE_${name}`);
    env.setAll(input.inputs, inputVariable);
  }
  // What was added to the PATH of the job means nothing in an image of its own.
  const prepends = input.kind === 'docker' ? [] : input.prepends;
  if (prepends.length > 0) env.set('PATH', prependPath(prepends, env.get('PATH') ?? '', input.platform));
  setContext(env, input.github, (name) => GITHUB_VARIABLES.get(name));
  setContext(env, input.runner, (name) => `RUNNER_${name.toUpperCase()}`);
  const services = serviceVariables(input.kind, input.services);
  env.setAll(services);
  if ('ACTIONS_RESULTS_URL' in services) goAroundProxy(env);
  env.set('GITHUB_ACTIONS', 'true');
  if (env.get('CI') === undefined) env.set('CI', 'true');
  // The node that orch brings has its own.
  if (input.kind === 'node') env.delete('NODE_ICU_DATA');
  return env.toRecord();
}

/** INPUT_ and the name in capitals, blanks as underscores; hyphens stay. */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/** Newest first; an entry added again counts where it was added last. */
export function prependPath(prepends: readonly string[], path: string, platform: NodeJS.Platform): string {
  const { delimiter } = platform === 'win32' ? win32 : posix;
  const entries = [...new Set([...prepends].reverse())];
  return [...entries, ...(path === '' ? [] : [path])].join(delimiter);
}

function setContext(
  env: Variables,
  context: Readonly<Record<string, Json>>,
  variableOf: (name: string) => string | undefined,
): void {
  for (const [name, value] of Object.entries(context)) {
    const isScalar = typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number';
    if (!isScalar) continue;
    const variable = variableOf(name);
    if (variable !== undefined) env.set(variable, String(value));
  }
}

/** Scripts get no token with which to read or write caches and artifacts. */
function serviceVariables(kind: StepKind, services: StepServices): Readonly<Record<string, string>> {
  const forAll = {
    ACTIONS_ID_TOKEN_REQUEST_URL: services.idTokenUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: services.idTokenToken,
    ACTIONS_ORCHESTRATION_ID: services.orchestrationId,
  };
  const forActions = {
    ACTIONS_RUNTIME_URL: services.runtimeUrl,
    ACTIONS_RUNTIME_TOKEN: services.runtimeToken,
    ACTIONS_CACHE_URL: services.cacheUrl,
    ACTIONS_RESULTS_URL: services.resultsUrl,
    ACTIONS_CACHE_MODE: services.cacheMode,
  };
  const forNode = { ACTIONS_CACHE_SERVICE_V2: services.cacheMode === undefined ? undefined : 'True' };
  const all = { ...forAll, ...(kind === 'run' ? {} : forActions), ...(kind === 'node' ? forNode : {}) };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];

/** The services are on this machine, which no proxy reaches, and not every client thinks of that by itself. */
function goAroundProxy(env: Variables): void {
  const names = PROXIES.flatMap((name) => [name, name.toLowerCase()]);
  if (names.every((name) => env.get(name) === undefined)) return;
  for (const name of ['NO_PROXY', 'no_proxy']) {
    const before = env.get(name) ?? '';
    env.set(name, before === '' ? '127.0.0.1' : `${before},127.0.0.1`);
  }
}

/** Names and values that the system can hand to a process. */
class Variables {
  readonly #values = new Map<string, string>();
  /** By name in capitals: as it was first written. */
  readonly #names: Map<string, string> | undefined;

  constructor(platform: NodeJS.Platform) {
    this.#names = platform === 'win32' ? new Map() : undefined;
  }

  get(name: string): string | undefined {
    return this.#values.get(this.#known(name));
  }

  set(name: string, value: string): void {
    // An environment is text that ends with a zero: such a name cannot be there, such a value ends early.
    if (name === '' || name.includes('\0') || name.includes('=')) return;
    const known = this.#known(name);
    this.#names?.set(name.toUpperCase(), known);
    const end = value.indexOf('\0');
    this.#values.set(known, end === -1 ? value : value.slice(0, end));
  }

  setAll(values: Readonly<Record<string, string>>, rename: (name: string) => string = (name) => name): void {
    for (const [name, value] of Object.entries(values)) this.set(rename(name), value);
  }

  delete(name: string): void {
    this.#values.delete(this.#known(name));
    this.#names?.delete(name.toUpperCase());
  }

  toRecord(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#values);
  }

  #known(name: string): string {
    return this.#names?.get(name.toUpperCase()) ?? name;
  }
}
