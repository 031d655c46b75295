/** What kind of engine there is, for people: its make and version, whether root runs it, which limits it can set. */
import type { Failure } from '../../../shared/failure.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { findEndpoint } from './endpoint.ts';
import { openEngine, reasonOf } from './engine.ts';

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
  const { docker } = engine.value;
  const endpoint = findEndpoint(env);
  try {
    const [version, info] = await Promise.all([docker.version(), docker.info()]);
    const about = looseOf(info);
    const cgroups = about['CgroupVersion'];
    return ok({
      name: nameOf(looseOf(version)),
      api: version.ApiVersion,
      from: endpoint.ok ? endpoint.value.from : '',
      rootless: listOf(about['SecurityOptions']).some((option) => option.includes('rootless')),
      cgroups: typeof cgroups === 'string' ? `v${cgroups}` : '',
      withoutLimits: Object.entries(LIMITS).flatMap(([name, key]) => (about[key] === false ? [name] : [])),
    });
  } catch (error) {
    return err({ code: 'setup-failed', message: `the container engine does not say what it is: ${reasonOf(error)}` });
  }
}

const LIMITS = { memory: 'MemoryLimit', cpus: 'CpuCfsQuota', pids: 'PidsLimit' } as const;

type Loose = Readonly<Record<string, unknown>>;

function looseOf(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Podman answers as Docker does, and has itself among its parts. */
function nameOf({ Components: parts, Version: version }: Loose): string {
  const names = (Array.isArray(parts) ? parts : []).map((part) => String(looseOf(part)['Name']));
  return `${names.some((name) => name.startsWith('Podman')) ? 'Podman' : 'Docker'} ${String(version)}`;
}
