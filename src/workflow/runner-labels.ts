/** The labels of GitHub's runners: the machine that each stands for, and what a mistyped one was meant to be. */
import { nearest } from '../shared/diagnostic.ts';

/** As Node names it. */
export type RunnerSystem = 'linux' | 'darwin' | 'win32';

interface Family {
  readonly system: RunnerSystem;
  /** What every runner of that system calls itself. */
  readonly name: string;
  readonly prefix: string;
  /** What follows the prefix of GitHub's own images; sizes and the like may stand behind it. */
  readonly version: RegExp;
  readonly versions: readonly string[];
}

const FAMILIES: readonly Family[] = [
  {
    system: 'linux',
    name: 'linux',
    prefix: 'ubuntu-',
    version: /^(latest|slim|\d\d\.\d\d)(-|$)/,
    versions: ['latest', 'slim', '22.04', '24.04', '26.04'],
  },
  {
    system: 'darwin',
    name: 'macos',
    prefix: 'macos-',
    version: /^(latest|\d\d)(-|$)/,
    versions: ['latest', '13', '14', '15', '26'],
  },
  {
    system: 'win32',
    name: 'windows',
    prefix: 'windows-',
    version: /^(latest|\d{4}|\d\d)(-|$)/,
    versions: ['latest', '2019', '2022', '2025', '11-arm'],
  },
];

/** The processors that self-hosted runners name, as Node names them. */
const PROCESSORS: Readonly<Record<string, string>> = { x64: 'x64', x86: 'ia32', arm64: 'arm64', arm: 'arm' };

export type RunnerLabel =
  | { readonly kind: 'system'; readonly system: RunnerSystem }
  | { readonly kind: 'processor'; readonly processor: string }
  | { readonly kind: 'self-hosted' }
  /** One of somebody's own, or a mistake. */
  | { readonly kind: 'unknown' };

/** Organisations name their larger runners after GitHub's (`ubuntu-8core`), so that only what looks mistyped is no such name. */
export function readRunnerLabel(written: string): RunnerLabel {
  const label = written.toLowerCase();
  if (label === 'self-hosted') return { kind: 'self-hosted' };
  const processor = Object.hasOwn(PROCESSORS, label) ? PROCESSORS[label] : undefined;
  if (processor !== undefined) return { kind: 'processor', processor };
  const family = FAMILIES.find(({ name, prefix }) => label === name || isOwn(label, prefix));
  if (family === undefined || mistypedVersion(label, family) !== undefined) return { kind: 'unknown' };
  return { kind: 'system', system: family.system };
}

/** GitHub's label that somebody most likely meant by one that is unknown. */
export function meantRunnerLabel(written: string): string | undefined {
  const label = written.toLowerCase();
  if (readRunnerLabel(label).kind !== 'unknown') return undefined;
  const family = FAMILIES.find(({ prefix }) => label.startsWith(prefix));
  const version = family === undefined ? undefined : mistypedVersion(label, family);
  if (family !== undefined && version !== undefined) return `${family.prefix}${version}`;
  return nearest(label, KNOWN);
}

const KNOWN: readonly string[] = [
  'self-hosted',
  ...Object.keys(PROCESSORS).filter((name) => name.length > 3),
  ...FAMILIES.flatMap(({ name, prefix, versions }) => [name, ...versions.map((version) => `${prefix}${version}`)]),
];

function isOwn(label: string, prefix: string): boolean {
  return label.startsWith(prefix) && /^[a-z0-9._-]+$/.test(label.slice(prefix.length));
}

function mistypedVersion(label: string, { prefix, version, versions }: Family): string | undefined {
  const rest = label.slice(prefix.length);
  return !label.startsWith(prefix) || version.test(rest) ? undefined : nearest(rest, versions);
}
