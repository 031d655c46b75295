/** A job that runs in a container: what of this machine it sees there, and how the container comes and goes. */
import { realpathSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import {
  type CreateDraft,
  createPathMap,
  type Engine,
  type Externals,
  type ExternalsSettings,
  giveBack,
  type JobContainer,
  type JobEnvironment,
  type Mount,
  openToAll,
  type PathMap,
  pastShell,
  prepareExternals,
  provideImage,
  readCreateOptions,
  readPorts,
  removeOrTell,
  startJobContainer,
} from '../environments/index.ts';
import type { JobAccess } from '../services/index.ts';
import type { Inside } from '../steps/index.ts';
import type { ContainerDefinition } from './container-definition.ts';
import { copyToContainer, type FarFiles } from './far-files.ts';
import { joinServices } from './service-way.ts';

/** How this run has containers. */
export interface ContainerSettings extends ExternalsSettings {
  /** The environment that names the engine. */
  readonly engine: Readonly<Record<string, string | undefined>>;
  /** Variables for every step, whatever its image. */
  readonly env: Readonly<Record<string, string>>;
  /** The image that stands for a label of `runs-on`. */
  readonly images: ReadonlyMap<string, string>;
}

export interface ContainerFolders {
  /** `runner.workspace`. */
  readonly root: HostPath;
  /** RUNNER_TEMP. */
  readonly temp: HostPath;
  /** The job's own directory, which its actions are copied to. */
  readonly home: HostPath;
  readonly toolCache: HostPath;
  /** What files of the working tree refer to by their paths on this machine. */
  readonly reads: readonly HostPath[];
}

const WORK = '/__w';
const HOME = '/github/home';

/** GitHub's names. */
function mountsOf({ root, temp, home, toolCache, reads }: ContainerFolders): readonly Mount[] {
  return [
    { host: root, inner: `${WORK}/${basename(root)}` },
    { host: temp, inner: `${WORK}/_temp` },
    // A mount of its own cannot be replaced by a link inside, through which this machine's side would write elsewhere.
    { host: hostPath(join(temp, '_runner_file_commands')), inner: `${WORK}/_temp/_runner_file_commands` },
    { host: hostPath(join(home, '_actions')), inner: `${WORK}/_actions` },
    { host: toolCache, inner: '/__t' },
    { host: homeOf({ temp }), inner: HOME },
    { host: hostPath(join(temp, '_github_workflow')), inner: '/github/workflow' },
    ...reads.map((path) => ({ host: path, inner: path, readOnly: true })),
  ];
}

export function homeOf({ temp }: Pick<ContainerFolders, 'temp'>): HostPath {
  return hostPath(join(temp, '_github_home'));
}

export function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

export interface ContainerStart {
  readonly run: string;
  /** The leg's id. */
  readonly job: string;
  readonly definition: ContainerDefinition;
  readonly workspace: HostPath;
  /** Its name, once it is there: it is made while the image is looked for. */
  readonly network: Promise<Result<string, Failure>>;
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The place for a job's processes, before and after its container is there. */
export class ContainerPlace {
  readonly inside: Inside;
  readonly processes: JobEnvironment;
  readonly #settings: ContainerSettings;
  readonly #mounts: readonly Mount[];
  readonly #home: HostPath;
  readonly #folders: ContainerFolders;
  readonly #access: JobAccess;
  readonly #paths: PathMap;
  #container: JobContainer | undefined;
  #far: FarFiles | undefined;
  #externals: Externals | undefined;
  #env: Readonly<Record<string, string>> = {};
  #node = 'node';
  #tell: (line: string) => void = () => undefined;

  constructor(settings: ContainerSettings, folders: ContainerFolders, access: JobAccess) {
    this.#settings = settings;
    this.#mounts = mountsOf(folders);
    this.#home = homeOf(folders);
    this.#folders = folders;
    this.#access = access;
    this.#paths = createPathMap(this.#mounts);
    this.processes = {
      start: async (request) => {
        const isOurNode = request.argv[0] === this.#externals?.node && this.#node !== 'node';
        const env = isOurNode ? pastShell(request.env) : request.env;
        return (this.#far ?? this.#opened()).steps.start({ ...request, env });
      },
      close: () => this.#close(),
    };
    const paths = this.#paths;
    const node = (): string => this.#node;
    this.inside = {
      toInner: (path) => paths.toInner(path),
      toHost: (path) => paths.toHost(path),
      isShared: (path) => this.#mounts.some(({ host }) => isBelow(realpathSync(host), path)),
      get node() {
        return node();
      },
    };
  }

  /** What every process starts from; whole when the container runs. */
  get env(): Readonly<Record<string, string>> {
    return this.#env;
  }

  /** Its id, for the `job` context. */
  async open(engine: Engine, start: ContainerStart): Promise<Result<{ readonly id: string }, Failure>> {
    const { definition, tell, signal } = start;
    this.#tell = tell;
    const draft = readDraft(definition);
    if (!draft.ok) return err({ code: 'setup-failed', message: `container: ${draft.error}` });
    for (const { host, readOnly } of this.#mounts) if (readOnly !== true) await mkdir(host, { recursive: true });
    const [image, externals, network] = await Promise.all([
      provideImage(engine, definition, { tell, signal, env: this.#settings.engine }),
      prepareExternals(this.#settings),
      start.network,
    ]);
    if (!network.ok) return network;
    if (!image.ok) return image;
    tell(`Starting the job's container of ${definition.image}`);
    const mounts = engine.remote === undefined ? this.#mounts : this.#farMounts(start.workspace);
    const container = await startJobContainer(engine, {
      tell,
      owner: start,
      image: definition.image,
      options: draft.value,
      mounts,
      workdir: this.#paths.toInner(start.workspace),
      externals,
      network: network.value,
      env: { HOME, GITHUB_ACTIONS: 'true', CI: 'true' },
      onPlain: (reason) => {
        tell(
          `No supervisor starts in the container (${reason}): each step is an exec of the engine, which takes longer,`,
        );
        tell("and Node actions need the image's own Node");
      },
    });
    if (!container.ok) return container;
    this.#container = container.value;
    this.#externals = externals;
    this.#node = container.value.isPlain ? 'node' : externals.node;
    this.#env = { ...container.value.ready.env, ...definition.env, ...this.#settings.env };
    if (engine.remote === undefined) await this.#share(container.value, externals);
    else {
      tell(`the engine at ${engine.remote} is on another machine: files are copied there and back`);
      const { carrier, ready, steps } = container.value;
      if (carrier !== undefined)
        this.#far = copyToContainer(
          { carrier, uid: ready.uid, steps },
          { mounts, work: start.workspace, ...this.#folders },
        );
    }
    return ok({ id: container.value.id });
  }

  /** Opens the run's services to what runs in the container: the address that they have there. */
  async reach(): Promise<Result<string, string>> {
    const port = await joinServices(this.#opened().supervised, this.#access, 0);
    return port.ok ? ok(`http://127.0.0.1:${port.value}`) : port;
  }

  /** Where files are copied: what the job's Docker actions have of them. */
  get far(): FarFiles | undefined {
    return this.#far;
  }

  /** Where files are copied: the working tree here becomes the one there. */
  async refresh(): Promise<void> {
    await this.#far?.refresh();
  }

  /** And all that a job which stands still is gone on with. */
  async bringBack(): Promise<void> {
    await this.#far?.bringBack();
  }

  /** The working tree itself is what its Docker actions have too. */
  #farMounts(workspace: HostPath): readonly Mount[] {
    const work = { host: workspace, inner: this.#paths.toInner(workspace) };
    return this.#mounts.map((mount) => (mount.host === this.#folders.root ? work : mount));
  }

  #opened(): JobContainer {
    if (this.#container === undefined) throw new Error('the container of the job is not there yet');
    return this.#container;
  }

  /** The job's files are this user's; the image's may be another. */
  async #share(container: JobContainer, externals: Externals): Promise<void> {
    if (container.ready.hostUid === process.getuid?.()) return;
    // Git works in no folder of somebody else.
    await rm(join(this.#home, '.gitconfig'), { force: true });
    await writeFile(join(this.#home, '.gitconfig'), '[safe]\n\tdirectory = *\n', { flag: 'wx', mode: 0o644 });
    await openToAll(container, externals, { folders: [WORK, '/github'] });
  }

  /** What the container has made as another user is this user's to remove. */
  async #close(): Promise<void> {
    const container = this.#container;
    if (container === undefined) return;
    this.#container = undefined;
    const externals = this.#externals;
    const leave = async (): Promise<void> => {
      // What is on another machine goes with it.
      if (externals !== undefined && this.#far === undefined)
        await giveBack(container, externals, { folders: [WORK, '/__t', '/github'] });
      await container.remove();
    };
    const carried = async (): Promise<void> => container.carrier?.close();
    await removeOrTell(leave, "the job's container", this.#tell);
    await removeOrTell(carried, "the copy of the job's files", this.#tell);
  }
}

/** The keys of a container that say the same as options. */
export function readDraft({ options, ports, volumes }: ContainerDefinition): Result<CreateDraft, string> {
  const draft = readCreateOptions(options);
  if (!draft.ok) return err(`options: ${draft.error}`);
  for (const port of ports) {
    const mapped = readPorts(port);
    if (!mapped.ok) return err(`ports: ${mapped.error}`);
    // Who says no more than a port means this machine, and not everybody who can reach it.
    draft.value.ports.push(...mapped.value.map((one) => ({ ...one, hostIp: one.hostIp || '127.0.0.1' })));
  }
  draft.value.volumes.push(...volumes);
  return draft;
}
