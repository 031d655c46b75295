/** What kind of engine there is, for people: its make and version, whether root runs it, which limits it can set. */
import type { Failure } from '../../../shared/failure.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { findEndpoint } from './endpoint.ts';
import { type Engine, openEngine, reasonOf } from './engine.ts';

export interface EngineFacts {
  /** Such as `Docker 28.0.1`. */
  readonly name: string;
  readonly api: string;
  /** What named it: a variable, a context, a socket. */
  readonly from: string;
  readonly rootless: boolean;
  /** `v1` or `v2`; '' when it does not say. */
  readonly cgroups: string;
  /** Limits that it cannot set: `memory`, `cpus`, `pids`. */
  readonly withoutLimits: readonly string[];
}

export async function readEngineFacts(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Result<EngineFacts, Failure>> {
  const engine = await openEngine(env);
  if (!engine.ok) return engine;
  const endpoint = findEndpoint(env);
  try {
    const { version, info } = await ask(engine.value);
    const cgroups = info['CgroupVersion'];
    return ok({
      name: `${isPodman(version) ? 'Podman' : 'Docker'} ${String(version['Version'])}`,
      api: String(version['ApiVersion']),
      from: endpoint.ok ? endpoint.value.from : '',
      rootless: isRootless(info),
      cgroups: typeof cgroups === 'string' ? `v${cgroups}` : '',
      withoutLimits: limitsLacking(info),
    });
  } catch (error) {
    return err({ code: 'setup-failed', message: `the container engine does not say what it is: ${reasonOf(error)}` });
  }
}

const LIMITS = { memory: 'MemoryLimit', cpus: 'CpuCfsQuota', pids: 'PidsLimit' } as const;

/** Docker has it among its options, Podman apart. */
function isRootless(info: Loose): boolean {
  return info['Rootless'] === true || listOf(info['SecurityOptions']).some((option) => option.includes('rootless'));
}

/** Whoever is not root has no control groups of the first version; Podman says otherwise. */
function limitsLacking(info: Loose): readonly string[] {
  const has = (key: string): boolean => info[key] !== false && !(isRootless(info) && info['CgroupVersion'] === '1');
  return Object.entries(LIMITS).flatMap(([name, key]) => (has(key) ? [] : [name]));
}

type Loose = Readonly<Record<string, unknown>>;

function looseOf(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Podman answers as Docker does, and has itself among its parts. */
function isPodman({ Components: parts }: Loose): boolean {
  return (Array.isArray(parts) ? parts : []).some((part) => String(looseOf(part)['Name']).startsWith('Podman'));
}

/** What an engine makes of the users of its containers. */
export type UserSpace = 'same' | 'rootless-docker' | 'rootless-podman';

export interface BoxAbility {
  readonly users: UserSpace;
  /** Limits that it cannot set: `memory`, `cpus`, `pids`. */
  readonly withoutLimits: readonly string[];
}

const abilities = new WeakMap<Engine['docker'], Promise<BoxAbility>>();

/** Asked once a connection. Throws what the engine says. */
export function readAbility(engine: Pick<Engine, 'docker'>): Promise<BoxAbility> {
  const known = abilities.get(engine.docker) ?? findAbility(engine);
  abilities.set(engine.docker, known);
  known.catch(() => abilities.delete(engine.docker));
  return known;
}

async function findAbility(engine: Pick<Engine, 'docker'>): Promise<BoxAbility> {
  const { version, info } = await ask(engine);
  const rootless = isPodman(version) ? 'rootless-podman' : 'rootless-docker';
  return { users: isRootless(info) ? rootless : 'same', withoutLimits: limitsLacking(info) };
}

async function ask({ docker }: Pick<Engine, 'docker'>): Promise<{ readonly version: Loose; readonly info: Loose }> {
  const [version, info] = await Promise.all([docker.version(), docker.info()]);
  return { version: looseOf(version), info: looseOf(info) };
}
