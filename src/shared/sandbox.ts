/**
 * The container around the commands of a task, as its `sandbox` describes it: read from plain JSON with the keys of
 * orchestrator.yaml, by the file's checks and again by the action that it is handed to.
 */
import { type AllowList, type AllowRule, parseAllowRule } from './allow-list.ts';
import { parseSize } from './quantity.ts';
import { err, ok, type Result } from './result.ts';

export interface SandboxSettings {
  readonly image: string;
  readonly network: 'none' | 'full' | AllowList;
  /** Bytes, swap included. */
  readonly memory: number;
  /** In parts too: 1.5. */
  readonly cpus: number;
  /** Processes and threads. */
  readonly pids: number;
  /** The container's own files cannot be written. */
  readonly readOnly: boolean;
  /** Absent: whoever runs orch, or a user of no rights in place of root. */
  readonly user?: SandboxUser;
  readonly mounts: readonly SandboxMount[];
  /** Whose certificate authorities are trusted. */
  readonly ca: 'host' | 'image';
}

export interface SandboxUser {
  readonly uid: number;
  readonly gid: number;
}

export interface SandboxMount {
  /** Absolute, below `~`, or relative to the root of the repository. */
  readonly source: string;
  /** Absolute, in the container. */
  readonly target: string;
  readonly readOnly: boolean;
}

/** What a sandbox has when a key says nothing, by the keys of the file. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  network: 'none',
  memory: '4g',
  cpus: 2,
  pids: 512,
  read_only: true,
  mounts: [],
  ca: 'image',
};
const KEYS: ReadonlySet<string> = new Set([...Object.keys(DEFAULTS), 'image', 'user']);

/** What is wrong, and where: the keys and indices that lead to it. */
export interface SandboxFault {
  readonly path: readonly (string | number)[];
  /** To stand after the name of the place: `must be …`; of a host a whole sentence. */
  readonly message: string;
  /** Of the wrong form altogether, which the schema of the file says as well. */
  readonly isForm: boolean;
}

const LEAST_MEMORY = 64 * 1024 ** 2;
const MOST_MEMORY = 1024 ** 5;
const MOST_CPUS = 1024;
/** About thirty are the supervisor's. */
const PIDS = { least: 64, most: 4_194_304 };
const MOST_ID = 2 ** 32 - 2;
/** As the client puts it into a request's path. */
const IMAGE = /^(?!.*\.\.)\w[\w./:@-]{0,254}$/;

/** Every fault at once; what has no fault is read. */
export function readSandbox(value: unknown): Result<SandboxSettings, readonly SandboxFault[]> {
  const faults: SandboxFault[] = [];
  const wrong: Wrong = (path, message, isForm = false) => void faults.push({ path, message, isForm });
  if (!isRecord(value)) return err([{ path: [], message: 'must be a mapping with an image', isForm: true }]);
  const given = { ...DEFAULTS, ...value };
  for (const key of Object.keys(value)) if (!KEYS.has(key)) wrong([key], 'is not known', true);
  const user = readUser(given['user'], wrong);
  const settings: SandboxSettings = {
    image: readImage(given['image'], wrong),
    network: readNetwork(given['network'], wrong),
    memory: readMemory(given['memory'], wrong),
    cpus: readNumber(given['cpus'], { key: 'cpus', least: 0.01, most: MOST_CPUS }, wrong),
    pids: readNumber(given['pids'], { key: 'pids', ...PIDS, whole: true }, wrong),
    readOnly: readFlag(given['read_only'], 'read_only', wrong),
    mounts: readMounts(given['mounts'], wrong),
    ca: readAuthorities(given['ca'], wrong),
    ...(user === undefined ? {} : { user }),
  };
  return faults.length === 0 ? ok(settings) : err(faults);
}

type Wrong = (path: SandboxFault['path'], message: string, isForm?: boolean) => void;

function readFlag(value: unknown, key: string, wrong: Wrong): boolean {
  if (typeof value !== 'boolean') wrong([key], 'must be true or false', true);
  return value !== false;
}

function readAuthorities(value: unknown, wrong: Wrong): SandboxSettings['ca'] {
  if (value === 'host' || value === 'image') return value;
  wrong(['ca'], 'must be host or image', true);
  return 'image';
}

function readImage(value: unknown, wrong: Wrong): string {
  if (typeof value === 'string' && IMAGE.test(value)) return value;
  wrong(['image'], 'must be the name of an image such as node:22-bookworm', true);
  return '';
}

function readNetwork(value: unknown, wrong: Wrong): SandboxSettings['network'] {
  if (value === 'none' || value === 'full') return value;
  if (!Array.isArray(value)) {
    wrong(['network'], 'must be none, full or a list of hosts', true);
    return 'none';
  }
  return value.flatMap((entry: unknown, index): readonly AllowRule[] => {
    const rule = parseAllowRule(typeof entry === 'string' ? entry : '');
    if (rule.ok) return [rule.value];
    wrong(['network', index], rule.error);
    return [];
  });
}

function readMemory(value: unknown, wrong: Wrong): number {
  const bytes = typeof value === 'string' ? parseSize(value) : undefined;
  if (bytes === undefined) wrong(['memory'], 'must be a size such as 512m or 4g', true);
  else if (bytes < LEAST_MEMORY) wrong(['memory'], 'must be 64m or more, a part of which orch needs itself');
  else if (bytes > MOST_MEMORY) wrong(['memory'], 'is more than any machine has');
  return bytes ?? 0;
}

interface Range {
  readonly key: string;
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
}

function readNumber(value: unknown, { key, least, most, whole = false }: Range, wrong: Wrong): number {
  const fits = typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value));
  if (fits) return value;
  wrong([key], `must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}`, true);
  return least;
}

function readUser(value: unknown, wrong: Wrong): SandboxUser | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'number' || typeof value === 'string' ? `${value}` : '';
  const parts = /^(\d+)(?::(\d+))?$/.exec(text);
  const uid = Number(parts?.[1]);
  const gid = Number(parts?.[2] ?? parts?.[1]);
  if ([uid, gid].every((id) => id >= 1 && id <= MOST_ID)) return { uid, gid };
  const isRoot = uid === 0 || gid === 0;
  wrong(['user'], isRoot ? 'must not be root' : 'must be a number such as 1000, or two as in 1000:1000', !isRoot);
  return undefined;
}

function readMounts(value: unknown, wrong: Wrong): readonly SandboxMount[] {
  if (!Array.isArray(value)) {
    wrong(['mounts'], 'must be a list of mappings', true);
    return [];
  }
  const targets = new Set<string>();
  return value.map((mount: unknown, index) =>
    readMount(mount, targets, (path, text, isForm) => wrong(['mounts', index, ...path], text, isForm)),
  );
}

function readMount(value: unknown, targets: Set<string>, wrong: Wrong): SandboxMount {
  const { source, target, read_only: readOnly = true } = isRecord(value) ? value : {};
  if (typeof source !== 'string') wrong(['source'], 'must be a path on this machine', true);
  if (typeof target !== 'string') wrong(['target'], 'must be a path in the container', true);
  const mount = {
    source: typeof source === 'string' ? source : '',
    target: typeof target === 'string' ? plainPath(target) : '',
    readOnly: readFlag(readOnly, 'read_only', wrong),
  };
  const faultOfSource = typeof source === 'string' ? whyNoSource(source) : undefined;
  if (faultOfSource !== undefined) wrong(['source'], faultOfSource);
  const faultOfTarget = typeof target === 'string' ? whyNoTarget(target, mount.target, targets) : undefined;
  if (faultOfTarget !== undefined) wrong(['target'], faultOfTarget);
  targets.add(mount.target);
  return mount;
}

/** What is the machine's own, or says how to command it. */
const MACHINE = ['/proc', '/sys', '/dev', '/run', '/var/run', '/boot'];

/** Completes "the mount …": why no sandbox may see this path, whatever the machine; undefined where one may. */
export function whyNoSource(source: string): string | undefined {
  if (source === '' || /\p{Cc}/u.test(source)) return 'must be a path without control characters';
  if (/^~(?!\/|$)/.test(source)) return 'is no directory that orch knows: of paths with a tilde only ~/… is known';
  const path = plainPath(source);
  if (path === '/') return 'cannot be the whole machine';
  if (path.split('/').some((part) => part.toLowerCase() === '.git'))
    return 'lies inside .git, by which a task could leave its sandbox';
  if (path.startsWith('..')) return 'leads out of the repository; write it as an absolute path if that is meant';
  return isBelowAny(path, MACHINE) ? 'is of the machine itself, not of its files' : undefined;
}

/** Where orch itself puts something, and what the engine makes. */
const WHOLE = ['/work', '/__e', '/__o', '/proc', '/sys', '/dev'];
/** Into a home something may be mounted. */
const TAKEN = ['/home/task', ...WHOLE];

function whyNoTarget(target: string, path: string, targets: ReadonlySet<string>): string | undefined {
  if (!target.startsWith('/') || /\p{Cc}/u.test(target)) return 'must be an absolute path in the container';
  if (target.split('/').includes('..')) return 'must not hold ..';
  if (path === '/' || path === '/tmp' || TAKEN.some((taken) => isBelowAny(taken, [path])) || isBelowAny(path, WHOLE))
    return 'is taken in a sandbox, or lies around what is';
  return targets.has(path) ? 'is the target of another mount too' : undefined;
}

function isBelowAny(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** Without empty parts, dots and what `..` takes back; relative paths stay relative. */
function plainPath(path: string): string {
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (part !== '..' || !path.startsWith('/')) kept.push(part);
  }
  return `${path.startsWith('/') ? '/' : ''}${kept.join('/')}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
