/**
 * The sandboxes of a run's tasks: what a task's box is made of on this machine, and the paths by which its command
 * finds its things there.
 */
import { mkdtemp } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { type Failure, MachineError } from '../../shared/failure.ts';
import type { Result } from '../../shared/result.ts';
import type { SandboxSettings, SandboxUser } from '../../shared/sandbox.ts';
import type { Sandbox, SandboxedRequest, Sandboxes, SandboxRequest } from '../../tasks/index.ts';
import {
  createPathMap,
  createTaskBoxes,
  type Engine,
  type ExternalsSettings,
  type Mount,
  openEngine,
  prepareExternals,
  provideImage,
  sweepAbandoned,
  type TaskBoxes,
} from '../environments/index.ts';
import { changeOwner, HAS_OWNERS, type Lent, takeBackFiles } from './file-owner.ts';
import { linkMounts, resolveMounts, type SandboxGround } from './mounts.ts';
import { FILES, findVolumeFault, provideMountPoints, provideWritable, refuseMoved, WORK } from './places.ts';
import { resolveTrust } from './trust.ts';

export interface SandboxesSettings extends ExternalsSettings, SandboxGround {
  readonly run: string;
  /** What worktrees have links to in the checkout. */
  readonly links: readonly string[];
  /** The git repository of a leg's box; asked before each command. */
  readonly gitOf: (leg: string, place: GitPlace) => Promise<BoxGit>;
}

export interface GitPlace {
  readonly user: SandboxUser;
  /** The path of the working tree in the box. */
  readonly workTree: string;
  /** Whether that repository knows nothing but what the tree began with. */
  readonly isolated: boolean;
}

export interface BoxGit {
  /** They lie partly over the working tree. */
  readonly mounts: readonly Mount[];
  readonly env: Readonly<Record<string, string>>;
}

export interface SandboxPlace {
  readonly leg: string;
  /** The leg's own temporary directory, which `Files` has its directories in. */
  readonly temporary: HostPath;
}

export function createSandboxes(settings: SandboxesSettings, place: SandboxPlace): Sandboxes {
  return { open: (request) => openSandbox({ settings, place, request }) };
}

/** Why a task cannot have its sandbox on this machine, a sentence each; the engine is not asked. */
export async function findSandboxFaults(settings: SandboxSettings, ground: SandboxGround): Promise<readonly string[]> {
  const user = chooseUser(settings);
  const mounts = await resolveMounts(settings, ground);
  const trust = await resolveTrust(settings, ground);
  return [
    ...(user.ok ? [] : [user.error.message]),
    ...(mounts.ok ? [] : mounts.error),
    ...(trust.ok ? [] : [trust.error]),
  ];
}

interface Opening {
  readonly settings: SandboxesSettings;
  readonly place: SandboxPlace;
  readonly request: SandboxRequest;
}

async function openSandbox(opening: Opening): Promise<Sandbox> {
  const { settings, place, request } = opening;
  const { tell, signal } = request;
  const user = must(chooseUser(request.settings));
  const engine = must(await openEngine(settings.env));
  await sweepAbandoned(engine);
  const { image } = request.settings;
  const [provided, externals] = await Promise.all([
    provideImage(engine, { image }, { tell, signal, env: settings.env }),
    prepareExternals(settings),
  ]);
  must(provided);
  const fault = await findVolumeFault(engine, image);
  if (fault !== undefined) throw new MachineError(fault);
  const home = hostPath(await mkdtemp(join(place.temporary, 'home-')));
  const trust = must(asFailure(await resolveTrust(request.settings, settings)));
  const named = must(asFailure(await resolveMounts(request.settings, settings)));
  refuseFarWrites(engine, named);
  const links = await linkMounts(request.tree, settings.links, settings);
  const { memory, pids, network, readOnly } = request.settings;
  const boxes = createTaskBoxes(engine, {
    owner: { run: settings.run, job: place.leg },
    image,
    user,
    memory,
    cpus: await possibleCpus(engine, request.settings),
    pids,
    network,
    readOnly,
    home,
    temporary: place.temporary,
    mounts: [
      { host: request.tree, inner: WORK, readOnly: request.writable !== undefined },
      ...links,
      ...trust.mounts,
      ...named,
    ],
    externals,
    onRefusal: ({ target, why }) => request.onRefusal(target, why),
    tell,
  });
  tell(`the command runs in a sandbox of ${image}`);
  if (engine.remote !== undefined)
    tell(`the engine at ${engine.remote} is on another machine: files are copied there and back`);
  return sandboxOf(opening, { boxes, user, home, named, env: trust.env });
}

/** Who writes the same folder at the same time, here or there, would undo each other's work. */
function refuseFarWrites({ remote }: Engine, named: readonly Mount[]): void {
  const written = named.find(({ readOnly }) => readOnly !== true);
  if (remote === undefined || written === undefined) return;
  const message = `the mount ${written.host} cannot be written: the engine at ${remote} is on another machine, which has a copy`;
  throw new MachineError({ code: 'setup-failed', message, hint: 'give it "read_only: true", or use an engine here' });
}

interface Opened {
  readonly boxes: TaskBoxes;
  readonly user: SandboxUser;
  readonly home: HostPath;
  /** The mounts that the task asks for. */
  readonly named: readonly Mount[];
  readonly env: Readonly<Record<string, string>>;
}

function sandboxOf(opening: Opening, { boxes, user, home, named, env }: Opened): Sandbox {
  const { settings, place, request } = opening;
  const own = process.getuid?.() ?? user.uid;
  const lends = HAS_OWNERS && user.uid !== own;
  const paths = createPathMap([
    { host: request.tree, inner: WORK },
    { host: place.temporary, inner: FILES },
  ]);
  const toInner = (path: string): string => paths.toInner(path);
  return {
    start: async (asked) => {
      const { reads, writes } = asked;
      await refuseMoved(named);
      await provideMountPoints(home, named);
      const writable = await provideWritable(request.tree, request.writable ?? []);
      // Which notes whom the tree is lent to.
      const git = await settings.gitOf(place.leg, { user, workTree: WORK, isolated: request.isolated === true });
      if (lends)
        for (const path of [request.tree, home, ...reads, ...writes])
          tellOf(request, await changeOwner(path, own, user));
      return boxes.start({
        argv: argumentsIn(asked, toInner),
        cwd: hostPath(toInner(asked.cwd)),
        env: { ...env, ...git.env, ...mapValues(asked.env, toInner) },
        onOutput: asked.onOutput,
        mounts: [...git.mounts, ...writable, ...filesOf(reads, true), ...filesOf(writes, false)],
      });
    },
    close: async () => {
      tellOf(request, await takeBackFiles(request.tree, user.uid));
    },
  };
}

function filesOf(folders: readonly HostPath[], readOnly: boolean): readonly Mount[] {
  return folders.map((host) => ({ host, inner: `${FILES}/${basename(host)}`, readOnly }));
}

/** A shell may want the path of its script inside another word. */
function argumentsIn(
  { argv, reads }: SandboxedRequest,
  toInner: (path: string) => string,
): readonly [string, ...string[]] {
  const [program, ...rest] = argv;
  return [
    program,
    ...rest.map((word) => reads.reduce((text, path) => text.replaceAll(path, () => toInner(path)), word)),
  ];
}

function mapValues(
  values: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

function tellOf({ onTrouble }: SandboxRequest, { linked, unreachable }: Lent): void {
  if (linked > 0)
    onTrouble('files of the worktree that have another name too (hard links) can only be read in the sandbox');
  if (unreachable > 0) onTrouble('files in very many folders kept the owner that they had');
}

/** In place of root: nobody that a usual system has given a number to. */
const NOBODY_ELSE = 10_001;

/** Whose the worktree is, so that the command can write it. The error is for whoever cannot give it to another. */
function chooseUser({ user }: Pick<SandboxSettings, 'user'>): Result<SandboxUser, Failure> {
  const uid = process.getuid?.() ?? NOBODY_ELSE;
  const isRoot = uid === 0;
  if (user === undefined)
    return {
      ok: true,
      value: isRoot ? { uid: NOBODY_ELSE, gid: NOBODY_ELSE } : { uid, gid: process.getgid?.() ?? uid },
    };
  if (isRoot || user.uid === uid) return { ok: true, value: user };
  const message = `a sandbox cannot run as user ${user.uid}: the worktree is yours (${uid}), and only root can lend it`;
  return { ok: false, error: { code: 'setup-failed', message, hint: 'leave out "user", and it runs as you' } };
}

/** The engine refuses more than there are. */
async function possibleCpus({ docker }: Engine, { cpus }: SandboxSettings): Promise<number> {
  const info: unknown = await docker.info();
  const there: unknown = typeof info === 'object' && info !== null ? Reflect.get(info, 'NCPU') : undefined;
  return Math.min(cpus, typeof there === 'number' && there > 0 ? there : availableParallelism());
}

function must<T>(result: Result<T, Failure>): T {
  if (result.ok) return result.value;
  throw new MachineError(result.error);
}

function asFailure<T>(result: Result<T, string | readonly string[]>): Result<T, Failure> {
  if (result.ok) return result;
  return { ok: false, error: { code: 'setup-failed', message: [result.error].flat().join('; ') } };
}
