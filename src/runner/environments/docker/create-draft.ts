/** What the flags of `docker create` have asked for so far, and the engine's request that it becomes. */
import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import type { MountRequest, PortMapping } from './flag-values.ts';

export interface CreateDraft {
  /** By the engine's names. */
  readonly host: Partial<Record<keyof HostConfig | 'CgroupnsMode', unknown>>;
  readonly top: Record<string, unknown>;
  readonly health: {
    Interval?: number;
    Timeout?: number;
    Retries?: number;
    StartPeriod?: number;
    StartInterval?: number;
  };
  healthCommand: string | undefined;
  noHealth: boolean;
  readonly env: string[];
  readonly labels: Record<string, string>;
  readonly exposed: Set<string>;
  readonly ports: PortMapping[];
  /** As `-v` takes them. */
  readonly volumes: string[];
  readonly mounts: MountRequest[];
  readonly devices: { PathOnHost: string; PathInContainer: string; CgroupPermissions: string }[];
  readonly ulimits: { Name: string; Soft: number; Hard: number }[];
  readonly log: { Type: string; Config: Record<string, string> };
  readonly aliases: string[];
  readonly address: { IPv4Address?: string; IPv6Address?: string };
}

export function emptyDraft(): CreateDraft {
  return {
    host: {},
    top: {},
    health: {},
    healthCommand: undefined,
    noHealth: false,
    env: [],
    labels: {},
    exposed: new Set(),
    ports: [],
    volumes: [],
    mounts: [],
    devices: [],
    ulimits: [],
    log: { Type: '', Config: {} },
    aliases: [],
    address: {},
  };
}

/** The network is not part of it. */
export function requestOf(draft: CreateDraft): ContainerCreateOptions {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { inner, hostIp, hostPort } of draft.ports)
    bindings[inner] = [...(bindings[inner] ?? []), { HostIp: hostIp, HostPort: hostPort }];
  const { binds, anonymous } = divideVolumes(draft.volumes);
  const exposed = [...draft.exposed, ...draft.ports.map(({ inner }) => inner)];
  return {
    ...draft.top,
    ...healthOf(draft),
    Env: draft.env,
    Labels: draft.labels,
    ExposedPorts: Object.fromEntries(exposed.map((port) => [port, {}])),
    Volumes: Object.fromEntries(anonymous.map((path) => [path, {}])),
    HostConfig: {
      ...(draft.host as HostConfig),
      PortBindings: bindings,
      Binds: [...binds],
      ...(draft.mounts.length > 0 ? { Mounts: [...draft.mounts] } : {}),
      ...(draft.devices.length > 0 ? { Devices: draft.devices } : {}),
      ...(draft.ulimits.length > 0 ? { Ulimits: draft.ulimits } : {}),
      ...(draft.log.Type === '' ? {} : { LogConfig: draft.log }),
    },
  };
}

function healthOf({ noHealth, healthCommand, health }: CreateDraft): Pick<ContainerCreateOptions, 'Healthcheck'> {
  if (noHealth) return { Healthcheck: { Test: ['NONE'] } };
  if (healthCommand === undefined && Object.keys(health).length === 0) return {};
  // Without a command the image's own is kept.
  return { Healthcheck: { ...(healthCommand === undefined ? {} : { Test: ['CMD-SHELL', healthCommand] }), ...health } };
}

/** A path alone is a volume without a name. */
function divideVolumes(volumes: readonly string[]): {
  readonly binds: readonly string[];
  readonly anonymous: readonly string[];
} {
  return {
    binds: volumes.filter((volume) => volume.includes(':')),
    anonymous: volumes.filter((volume) => !volume.includes(':')),
  };
}
