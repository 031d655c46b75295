/** Everything that a run of tasks needs to know before anything is started. */
import { availableParallelism } from 'node:os';
import { makePlan, type Plan, type Policy, type RunBase } from '../../engine/index.ts';
import { resolveCommit } from '../../runner/workspaces/index.ts';
import { newRunId } from '../../store/index.ts';
import type { JsonObject } from '../../workflow/index.ts';
import { readEnvFiles } from '../env-file.ts';
import { UsageError } from '../explain.ts';
import type { Loaded, LoadOptions } from '../load.ts';
import type { Project } from '../project.ts';
import { collectSecrets, type SecretOptions } from '../secrets.ts';
import { openApproval, type RunApproval } from './approval.ts';
import { hashDefinitions } from './definitions.ts';
import { githubContext } from './github-context.ts';
import { type EarlierRun, openEarlierRun } from './rerun.ts';
import { snapshot } from './snapshot.ts';

export interface RunOptions extends LoadOptions, SecretOptions {
  readonly maxParallel?: string;
  readonly onFailure?: 'continue' | 'no-new' | 'kill';
  readonly base?: string;
  readonly includeUncommitted?: boolean;
  readonly envFile?: readonly string[];
  readonly rerunFailed?: string;
}

export interface RunSetup {
  readonly run: string;
  readonly plan: Plan;
  readonly base: RunBase;
  readonly secrets: Readonly<Record<string, string>>;
  /** The environment that tasks may take from: orch's own and that of `--env-file`. */
  readonly hostEnv: Readonly<Record<string, string>>;
  readonly definitions: ReadonlyMap<string, string>;
  readonly earlier?: EarlierRun;
  /** Where the tasks are those of a migration. */
  readonly approval?: RunApproval;
}

interface KnownOfRun {
  readonly run?: string;
  /** Of the run whose end started this one. */
  readonly event?: JsonObject;
}

/** Throws `UsageError` for what the command line got wrong; nothing has been started then. */
export async function setUpRun(
  project: Project,
  loaded: Loaded,
  options: RunOptions,
  { run = newRunId(new Date()), event }: KnownOfRun = {},
): Promise<RunSetup> {
  const { config, translation } = loaded;
  const { repository } = project;
  refuseContradiction(options);
  const hostEnv = hostEnvironment(options);
  const secrets = collectTaskSecrets(loaded, options, hostEnv);
  const definitions = hashDefinitions(loaded, repository.root);
  const { base, earlier } = await startingPoint(project, config.base, { options, definitions });
  const approval = await openApproval(project, loaded, { definitions, base: base.commit });
  const contexts = {
    github: githubContext(repository, { run, workflow: config.name, base: base.commit, event }),
    inputs: config.inputs,
    vars: config.vars,
  };
  return {
    run,
    plan: makePlan(translation.workflow, { ...policyFor(loaded, options), ...awaitingIn(approval) }, contexts),
    base,
    secrets,
    hostEnv,
    definitions,
    ...(earlier === undefined ? {} : { earlier }),
    ...(approval === undefined ? {} : { approval }),
  };
}

function awaitingIn(approval: RunApproval | undefined): Pick<Policy, 'awaiting'> {
  return approval === undefined ? {} : { awaiting: approval.awaiting };
}

interface StartInput {
  readonly options: RunOptions;
  readonly definitions: RunSetup['definitions'];
}

/** The commit that tasks start from, and the run whose results are taken over. `configured`: the file's own base. */
async function startingPoint(
  project: Project,
  configured: string,
  { options, definitions }: StartInput,
): Promise<Pick<RunSetup, 'base' | 'earlier'>> {
  const { rerunFailed } = options;
  const asked = options.base ?? (rerunFailed === undefined ? configured : undefined);
  const given = asked === undefined ? undefined : await commitOf(project, asked);
  const earlier =
    rerunFailed === undefined ? undefined : await openEarlierRun(project, rerunFailed, { definitions, base: given });
  const commit = given ?? earlier?.base ?? (await commitOf(project, configured));
  const base =
    options.includeUncommitted === true
      ? await snapshot(project, commit)
      : { commit, ref: asked ?? commit, uncommitted: false };
  return { base, ...(earlier === undefined ? {} : { earlier }) };
}

function policyFor({ config, translation }: Loaded, options: RunOptions): Policy {
  const maxParallel = parallelism(options.maxParallel, translation.policy.maxParallel);
  return { maxParallel, onFailure: options.onFailure ?? config.onFailure };
}

function refuseContradiction({ includeUncommitted, rerunFailed }: RunOptions): void {
  if (includeUncommitted === true && rerunFailed !== undefined) {
    throw new UsageError('--rerun-failed starts where that run did, so it does not go with --include-uncommitted');
  }
}

export function parallelism(option: string | undefined, configured: number | undefined): number {
  if (option === undefined) return configured ?? availableParallelism();
  const value = Number(option);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`--max-parallel wants a number of 1 or more, not "${option}"`);
  return value;
}

/** Throws `UsageError` naming each that is not there. */
export function collectTaskSecrets(
  { config }: Loaded,
  options: SecretOptions,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const tasks = new Map<string, string[]>();
  for (const { name, secrets } of config.tasks)
    for (const secret of secrets) tasks.set(secret, [...(tasks.get(secret) ?? []), name]);
  const needs = [...tasks].map(([name, of]) => ({ name, tasks: of }));
  const collected = collectSecrets(needs, { options, env, jobs: config.tasks.map((task) => task.name) });
  if (collected.ok) return collected.value;
  throw new UsageError(collected.error.join('\norch: '));
}

async function commitOf({ repository }: Project, ref: string): Promise<string> {
  const commit = await resolveCommit(repository, ref);
  if (commit.ok) return commit.value;
  const [first] = commit.error;
  throw new UsageError(
    first?.message ?? `"${ref}" names no commit`,
    first?.hint === undefined ? {} : { hint: first.hint },
  );
}

/** What tasks may take from: orch's own environment and that of `--env-file`. */
export function hostEnvironment({ envFile }: Pick<RunOptions, 'envFile'>): Readonly<Record<string, string>> {
  return { ...definedOnly(process.env), ...readEnvFiles(envFile) };
}

function definedOnly(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
