/** What a workflow run is told: the command line, and beneath it the files that act's users have in their repository. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { nearest } from '../../shared/diagnostic.ts';
import { EVENT_NAMES, isJsonObject, type Json, type JsonObject } from '../../workflow/index.ts';
import { readEnvFiles } from '../env-file.ts';
import { UsageError } from '../explain.ts';
import { pairs } from '../load.ts';
import { readSecretOptions, type SecretOptions } from '../secrets.ts';
import { type ActSettings, readActSettings } from './act-files.ts';
import { type Environments, forAll, readEnvironments } from './environments.ts';
import type { GivenInputs } from './inputs.ts';
import { readMatrixFilter } from './narrow.ts';
import { HOST, type Platforms, readPlatforms } from './platforms.ts';

export interface WorkflowOptions extends SecretOptions {
  readonly event?: string;
  readonly eventPath?: string;
  readonly all?: boolean;
  readonly input?: readonly string[];
  readonly inputFile?: readonly string[];
  readonly env?: readonly string[];
  readonly envFile?: readonly string[];
  readonly var?: readonly string[];
  readonly varFile?: readonly string[];
  readonly actor?: string;
  readonly repository?: string;
  readonly defaultBranch?: string;
  readonly ref?: string;
  /** Files and folders, beside the operands. */
  readonly workflows?: readonly string[];
  readonly job?: readonly string[];
  readonly matrix?: readonly string[];
  readonly actionSource?: string;
  readonly action?: readonly string[];
  readonly offline?: boolean;
  readonly platform?: readonly string[];
  readonly strict?: boolean;
  readonly allowUnserved?: boolean;
  readonly from?: string;
  readonly pauseOnFailure?: boolean;
  readonly shellOnFailure?: boolean;
}

export interface WorkflowSettings {
  readonly event?: string;
  readonly payload?: JsonObject;
  readonly inputs: GivenInputs;
  readonly env: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** What only jobs of an environment see. */
  readonly environments: Environments;
  readonly actor?: string;
  readonly repository?: string;
  readonly defaultBranch?: string;
  /** As it was written. */
  readonly ref?: string;
  readonly jobs?: readonly string[];
  readonly matrix: ReadonlyMap<string, readonly string[]>;
  readonly folders: ReadonlyMap<string, HostPath>;
  readonly offline: boolean;
  /** Labels that this machine serves because somebody says so, in lower case. */
  readonly labels: ReadonlySet<string>;
  /** Images that stand for some of them. */
  readonly images: ReadonlyMap<string, string>;
  readonly incomplete: 'any' | 'unknown-label' | 'none';
  /** What runs when nothing is named; all of .github/workflows when empty. */
  readonly workflows: readonly string[];
  /** Sentences about what was passed over. */
  readonly notices: readonly string[];
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Throws `UsageError` for what cannot be meant. `host` is the environment that bare names take their values from,
 * `configured` the `platforms` of the orchestrator.yaml.
 */
export function readSettings(
  root: string,
  options: WorkflowOptions,
  host: Variables,
  configured: Platforms = {},
): WorkflowSettings {
  const act = readActSettings(root, host);
  const eventPath = options.eventPath ?? (act.eventPath === undefined ? undefined : resolve(root, act.eventPath));
  const platforms = new Map([
    ...readPlatforms(act.platforms, '.actrc: -P'),
    ...Object.entries(configured),
    ...readPlatforms(options.platform, '--platform'),
  ]);
  const jobs = options.job ?? (act.jobs.length > 0 ? act.jobs : undefined);
  return {
    ...defined({
      event: knownEvent(options.event),
      defaultBranch: options.defaultBranch ?? act.defaultBranch,
      ref: options.ref,
      jobs,
    }),
    ...(eventPath === undefined ? {} : { payload: payloadFor(eventPath, options.ref) }),
    inputs: {
      named: pairs(options.input, '--input'),
      shared: {
        ...readEnvFiles([...act.inputFiles, ...(options.inputFile ?? [])]),
        ...pairs(act.inputs, '.actrc: --input'),
      },
    },
    ...valuesOf(options, act, host),
    environments: readEnvironments(root, options, host),
    ...defined({ actor: options.actor ?? act.actor, repository: checkRepository(options.repository) }),
    matrix: readMatrixFilter(options.matrix ?? act.matrix),
    folders: new Map([...actFolders(act.folders, root), ...readFolders(options.action, '--action', '.')]),
    workflows: act.workflows.map((path) => resolve(root, path)),
    offline: options.offline ?? act.offline,
    labels: new Set(platforms.keys()),
    images: new Map([...platforms].filter(([, place]) => place !== HOST)),
    incomplete: incompleteBy(options),
    notices: noticesOf(act),
  };
}

function valuesOf(
  options: WorkflowOptions,
  act: ActSettings,
  host: Variables,
): Pick<WorkflowSettings, 'env' | 'vars' | 'secrets'> {
  return {
    env: {
      ...readEnvFiles([...act.envFiles, ...(options.envFile ?? [])]),
      ...readVariables([...act.env, ...(options.env ?? [])], host),
    },
    vars: {
      ...readEnvFiles([...act.varFiles, ...(options.varFile ?? [])]),
      ...pairs([...act.vars, ...forAll(options.var)], '--var'),
    },
    secrets: {
      ...readEnvFiles([...act.secretFiles, ...(options.secretFile ?? [])]),
      ...readSecretOptions([...act.secrets, ...forAll(options.secret)], host),
    },
  };
}

/** `NAME=VALUE`, or `NAME` for the value that it has on this machine. */
function readVariables(texts: readonly string[], host: Variables): Readonly<Record<string, string>> {
  return pairs(
    texts.map((text) => {
      if (text.includes('=')) return text;
      const value = host[text];
      if (value === undefined) throw new UsageError(`--env ${text}: there is no such variable in the environment`);
      return `${text}=${value}`;
    }),
    '--env',
  );
}

/** Throws `UsageError` for an event that GitHub does not have. */
function knownEvent(name: string | undefined): string | undefined {
  if (name === undefined || EVENT_NAMES.includes(name)) return name;
  const near = nearest(name, EVENT_NAMES);
  throw new UsageError(`there is no event "${name}"`, {
    hint: near === undefined ? `the events are ${EVENT_NAMES.join(', ')}` : `did you mean "${near}"?`,
  });
}

/** Throws `UsageError` when the payload names another ref than the command line. */
function payloadFor(path: string, ref: string | undefined): JsonObject {
  const payload = readPayload(path);
  if (ref === undefined || payload['ref'] === undefined) return payload;
  throw new UsageError('--ref and the payload of --event-path both say which ref it is about', {
    hint: `leave out --ref, or "ref" in ${path}`,
  });
}

function readPayload(path: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^([A-Z]+): (.*?),.*$/, '$2') : String(error);
    throw new UsageError(`--event-path ${path} cannot be read: ${why}`);
  }
  const hint = 'a payload is a JSON object, such as {"ref": "refs/heads/main"}';
  try {
    const value = JSON.parse(text.replace(/^\ufeff/, '')) as Json;
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`--event-path ${path} is not JSON: ${error.message}`, { hint });
  }
  throw new UsageError(`--event-path ${path} holds no JSON object`, { hint });
}

function checkRepository(name: string | undefined): string | undefined {
  if (name === undefined || /^[\w.-]+\/[\w.-]+$/.test(name)) return name;
  throw new UsageError(`--repository wants OWNER/NAME, not "${name}"`);
}

/** act takes a host before the name, and an action from it or from any host is the same here. */
function actFolders(texts: readonly string[], root: string): ReadonlyMap<string, HostPath> {
  const bare = texts.map((text) => text.replace(/^[a-z]+:\/\/[^/]+\//, ''));
  return readFolders(bare, '.actrc: --local-repository', root);
}

function readFolders(
  texts: readonly string[] | undefined,
  option: string,
  base: string,
): ReadonlyMap<string, HostPath> {
  return new Map(
    Object.entries(pairs(texts, option)).map(([name, folder]) => {
      if (!/^[^/@]+\/[^/@]+@.+$/.test(name)) {
        throw new UsageError(`${option} wants OWNER/REPO@REF=DIR, not "${name}=${folder}"`);
      }
      const path = resolve(base, folder);
      if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
        throw new UsageError(`${option} ${name}: there is no folder ${path}`);
      return [name, hostPath(path)];
    }),
  );
}

/** What of `.actrc` is not done, told each time: its author counts on it. */
function noticesOf({ ignored, otherImages }: ActSettings): readonly string[] {
  const unknown = [...new Set(ignored)];
  const images = otherImages.map((text) => `-P ${text}`).join(', ');
  return [
    ...(unknown.length === 0
      ? []
      : [`.actrc: ${unknown.join(', ')} ${unknown.length === 1 ? 'has' : 'have'} no meaning here`]),
    ...(images === ''
      ? []
      : [`.actrc: images are taken from that of the repository alone; passed over, of your own: ${images}`]),
  ];
}

function incompleteBy({ strict, allowUnserved }: WorkflowOptions): WorkflowSettings['incomplete'] {
  if (strict === true && allowUnserved === true)
    throw new UsageError('--strict and --allow-unserved say the opposite of each other');
  if (strict === true) return 'any';
  return allowUnserved === true ? 'none' : 'unknown-label';
}

function defined<T extends object>(values: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
