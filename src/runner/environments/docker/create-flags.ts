/** The flags of `docker create` that a container's `options` may hold, and what each asks of the engine. */
import { ok, type Result } from '../../../shared/result.ts';
import type { CreateDraft } from './create-draft.ts';
import { readDecimal, readInteger, readMount, readPair, readPorts, readSize, readSpan } from './flag-values.ts';

export type Flag =
  /** Takes no value, or one behind `=`. */
  | { readonly kind: 'switch'; readonly set: (draft: CreateDraft, on: boolean) => void }
  | { readonly kind: 'value'; readonly set: (draft: CreateDraft, text: string) => Result<unknown, string> };

type HostKey = keyof CreateDraft['host'];
type Read<T> = (text: string) => Result<T, string>;

function value<T>(read: Read<T>, put: (draft: CreateDraft, value: T) => void): Flag {
  return {
    kind: 'value',
    set: (draft, text) => {
      const result = read(text);
      if (result.ok) put(draft, result.value);
      return result;
    },
  };
}

const text: Read<string> = (given) => ok(given);

function host<T>(key: HostKey, read: Read<T>): Flag {
  return value(read, (draft, given) => {
    draft.host[key] = given;
  });
}

function hostList(key: HostKey): Flag {
  return value(text, (draft, given) => {
    const list = draft.host[key];
    draft.host[key] = [...(Array.isArray(list) ? list : []), given];
  });
}

/** `--sysctl a=b` and the like: a map. */
function hostMap(key: HostKey, divide: (text: string) => readonly [string, string] = readPair): Flag {
  return value(text, (draft, given) => {
    const map = draft.host[key];
    const [name, of] = divide(given);
    draft.host[key] = { ...(typeof map === 'object' ? map : {}), [name]: of };
  });
}

function hostSwitch(key: HostKey): Flag {
  return { kind: 'switch', set: (draft, on) => void (draft.host[key] = on) };
}

function health(key: keyof CreateDraft['health'], read: Read<number>): Flag {
  return value(read, (draft, given) => {
    draft.health[key] = given;
  });
}

const nothing: Flag = { kind: 'switch', set: () => undefined };
const nanoCpus: Read<number> = (given) => {
  const cpus = readDecimal(given);
  return cpus.ok ? ok(Math.round(cpus.value * 1e9)) : cpus;
};

const FLAGS: Readonly<Record<string, Flag>> = {
  'add-host': hostList('ExtraHosts'),
  'blkio-weight': host('BlkioWeight', readInteger),
  'cap-add': hostList('CapAdd'),
  'cap-drop': hostList('CapDrop'),
  'cgroup-parent': host('CgroupParent', text),
  cgroupns: host('CgroupnsMode', text),
  'cpu-period': host('CpuPeriod', readInteger),
  'cpu-quota': host('CpuQuota', readInteger),
  'cpu-rt-period': host('CpuRealtimePeriod', readInteger),
  'cpu-rt-runtime': host('CpuRealtimeRuntime', readInteger),
  'cpu-shares': host('CpuShares', readInteger),
  cpus: host('NanoCpus', nanoCpus),
  'cpuset-cpus': host('CpusetCpus', text),
  'cpuset-mems': host('CpusetMems', text),
  device: value(text, (draft, given) => {
    const [outer = '', inner = outer, permissions = 'rwm'] = given.split(':');
    draft.devices.push({ PathOnHost: outer, PathInContainer: inner, CgroupPermissions: permissions });
  }),
  'device-cgroup-rule': hostList('DeviceCgroupRules'),
  dns: hostList('Dns'),
  'dns-opt': hostList('DnsOptions'),
  'dns-option': hostList('DnsOptions'),
  'dns-search': hostList('DnsSearch'),
  domainname: value(text, (draft, given) => void (draft.top['Domainname'] = given)),
  env: value(text, (draft, given) => void draft.env.push(given)),
  expose: value(readPorts, (draft, ports) => {
    for (const { inner } of ports) draft.exposed.add(inner);
  }),
  gpus: value(text, (draft, given) => {
    const Count = given === 'all' ? -1 : Number.parseInt(given, 10);
    draft.host['DeviceRequests'] = [{ Driver: '', Count, Capabilities: [['gpu']] }];
  }),
  'group-add': hostList('GroupAdd'),
  'health-cmd': value(text, (draft, given) => void (draft.healthCommand = given)),
  'health-interval': health('Interval', readSpan),
  'health-retries': health('Retries', readInteger),
  'health-start-period': health('StartPeriod', readSpan),
  'health-start-interval': health('StartInterval', readSpan),
  'health-timeout': health('Timeout', readSpan),
  hostname: value(text, (draft, given) => void (draft.top['Hostname'] = given)),
  init: hostSwitch('Init'),
  // What it asks for belongs to the first process, and that is ours in a job's container.
  interactive: nothing,
  ip: value(text, (draft, given) => void (draft.address.IPv4Address = given)),
  ip6: value(text, (draft, given) => void (draft.address.IPv6Address = given)),
  ipc: host('IpcMode', text),
  label: value(text, (draft, given) => {
    const [name, of] = readPair(given);
    draft.labels[name] = of;
  }),
  link: hostList('Links'),
  'log-driver': value(text, (draft, given) => void (draft.log.Type = given)),
  'log-opt': value(text, (draft, given) => {
    const [name, of] = readPair(given);
    draft.log.Config[name] = of;
  }),
  'mac-address': value(text, (draft, given) => void (draft.top['MacAddress'] = given)),
  memory: host('Memory', readSize),
  'memory-reservation': host('MemoryReservation', readSize),
  'memory-swap': host('MemorySwap', readSize),
  'memory-swappiness': host('MemorySwappiness', readInteger),
  mount: value(readMount, (draft, given) => void draft.mounts.push(given)),
  'network-alias': value(text, (draft, given) => void draft.aliases.push(given)),
  'no-healthcheck': { kind: 'switch', set: (draft, on) => void (draft.noHealth = on) },
  'oom-kill-disable': hostSwitch('OomKillDisable'),
  'oom-score-adj': host('OomScoreAdj', readInteger),
  pid: host('PidMode', text),
  'pids-limit': host('PidsLimit', readInteger),
  privileged: hostSwitch('Privileged'),
  publish: value(readPorts, (draft, ports) => void draft.ports.push(...ports)),
  'publish-all': hostSwitch('PublishAllPorts'),
  'read-only': hostSwitch('ReadonlyRootfs'),
  // Every container of a job is removed at its end.
  rm: nothing,
  runtime: host('Runtime', text),
  'security-opt': hostList('SecurityOpt'),
  'shm-size': host('ShmSize', readSize),
  'stop-signal': value(text, (draft, given) => void (draft.top['StopSignal'] = given)),
  'stop-timeout': value(readInteger, (draft, given) => void (draft.top['StopTimeout'] = given)),
  'storage-opt': hostMap('StorageOpt'),
  sysctl: hostMap('Sysctls'),
  tmpfs: hostMap('Tmpfs', (given) => {
    const at = given.indexOf(':');
    return at < 0 ? [given, ''] : [given.slice(0, at), given.slice(at + 1)];
  }),
  tty: nothing,
  ulimit: value(text, (draft, given) => {
    const [name, of] = readPair(given);
    const [soft = '', hard = soft] = of.split(':');
    draft.ulimits.push({ Name: name, Soft: Number(soft), Hard: Number(hard) });
  }),
  user: value(text, (draft, given) => void (draft.top['User'] = given)),
  userns: host('UsernsMode', text),
  uts: host('UTSMode', text),
  volume: value(text, (draft, given) => void draft.volumes.push(given)),
  'volume-driver': host('VolumeDriver', text),
  'volumes-from': hostList('VolumesFrom'),
  workdir: value(text, (draft, given) => void (draft.top['WorkingDir'] = given)),
};

const SHORT: Readonly<Record<string, string>> = {
  c: 'cpu-shares',
  e: 'env',
  h: 'hostname',
  i: 'interactive',
  l: 'label',
  m: 'memory',
  p: 'publish',
  P: 'publish-all',
  t: 'tty',
  u: 'user',
  v: 'volume',
  w: 'workdir',
};

/** By its long name. */
export function findFlag(name: string): Flag | undefined {
  return Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
}

export function longName(letter: string): string | undefined {
  return Object.hasOwn(SHORT, letter) ? SHORT[letter] : undefined;
}
