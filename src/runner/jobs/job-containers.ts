/** The containers of one workflow job: its own, its services, and the network that they share. */
import type { JobRequest } from '../../engine/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import { isErrno } from '../../shared/errno.ts';
import { type Failure, MachineError } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { JsonObject, Scope } from '../../workflow/index.ts';
import {
  type Engine,
  type Gate,
  type JobEnvironment,
  type JobNetwork,
  type Owner,
  openEngine,
  openGate,
  openNetwork,
  reclaimFiles,
  removeOrTell,
  removeVolumes,
} from '../environments/index.ts';
import type { JobAccess } from '../services/index.ts';
import type { Inside } from '../steps/index.ts';
import { type ActionContainers, createActionContainers } from './action-containers.ts';
import type { ActionImages } from './action-images.ts';
import { type ContainerDefinition, definitionOf, readContainer, readImage } from './container-definition.ts';
import { type ContainerFolders, ContainerPlace, type ContainerSettings } from './job-container.ts';
import { JobServices, type NamedDefinition, readServices } from './job-services.ts';
import { jobEnvScope } from './step-scope.ts';
import type { JobSource, WorkflowFrames } from './workflow-settings.ts';

/** The image that the job runs in: its own, or the one that stands for a label; '' for this machine. */
export function imageOf(
  { containers }: Pick<WorkflowFrames, 'containers'>,
  request: JobRequest,
  { contexts, secrets }: JobSource,
): Result<string, Failure> {
  const image = readImage(request.job.container, jobEnvScope({ contexts, secrets, request }));
  if (!image.ok || image.value !== '') return image;
  const labels = request.leg.runsOn?.labels ?? [];
  const standing = labels.flatMap((label) => containers.images.get(label.toLowerCase()) ?? []);
  return ok(standing[0] ?? '');
}

export interface ContainersStart {
  readonly run: string;
  readonly request: JobRequest;
  readonly image: string;
  /** With the job's `env`, before the first step. */
  readonly scope: Scope;
  readonly workspace: HostPath;
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface ContainersParts {
  readonly run: string;
  /** The leg's id. */
  readonly job: string;
  readonly settings: ContainerSettings;
  /** Of the run. */
  readonly images: ActionImages;
  /** GITHUB_WORKSPACE on this machine. */
  readonly work: HostPath;
  readonly folders: ContainerFolders;
  /** To the services of the run. */
  readonly access: JobAccess;
  /** The job itself runs in one. */
  readonly isInside: boolean;
}

interface InNetwork {
  readonly engine: Engine;
  readonly network: Promise<Result<string, Failure>>;
}

export class JobContainers {
  /** For the job's Docker actions. */
  readonly actions: ActionContainers;
  readonly #settings: ContainerSettings;
  readonly #place: ContainerPlace | undefined;
  readonly #services = new JobServices();
  #network: JobNetwork | undefined;
  #tell: (line: string) => void = () => undefined;
  #engine: Engine | undefined;
  #gate: Gate | undefined;
  readonly #owner: Owner;

  constructor(parts: ContainersParts) {
    const { settings, folders, isInside, access } = parts;
    this.#settings = settings;
    this.#owner = { run: parts.run, job: parts.job };
    this.#place = isInside ? new ContainerPlace(settings, folders, access) : undefined;
    const engine = (): Promise<Result<Engine, Failure>> => this.#open();
    this.actions = createActionContainers({
      ...parts,
      engine,
      network: () => this.#network?.name,
      far: () => this.#place?.far,
    });
  }

  get inside(): Inside | undefined {
    return this.#place?.inside;
  }

  /** What every process of a job in a container starts from. */
  get env(): Readonly<Record<string, string>> | undefined {
    return this.#place?.env;
  }

  /** Of a job that runs in a container. */
  get processes(): JobEnvironment {
    if (this.#place === undefined) throw new Error('the job runs in no container');
    return this.#place.processes;
  }

  /** The address of the run's services as the job has them; undefined where it runs on this machine. */
  async reach(): Promise<Result<string, string> | undefined> {
    return this.#place?.reach();
  }

  /** Where the job's files are on another machine: the working tree here becomes the one there. */
  async refresh(): Promise<void> {
    await this.#place?.refresh();
  }

  /** Before a job that stands still leaves its container, which goes also when its files cannot be had. */
  async bringBack(): Promise<void> {
    try {
      await this.#place?.bringBack();
    } catch (error) {
      if (!(error instanceof MachineError)) throw error;
      this.#tell(`the job's files are as they were before: ${error.failure.message}`);
    }
  }

  /** Members of the `job` context. */
  async open(start: ContainersStart): Promise<Result<JsonObject, Failure>> {
    const { request, scope } = start;
    this.#tell = start.tell;
    const { container, services } = request.job;
    const wanted = readServices(services, scope, start.tell);
    if (!wanted.ok) return wanted;
    if (this.#place === undefined && wanted.value.length === 0) return ok({});
    const own = container === undefined ? ok(undefined) : readContainer(container, scope, 'container');
    if (!own.ok) return own;
    const engine = await this.#openFor(wanted.value, start.image);
    if (!engine.ok) return engine;
    const owner = { run: start.run, job: request.leg.id };
    const network = this.#openNetwork(engine.value, owner);
    const definition = own.value ?? definitionOf(start.image);
    const [opened, others] = await Promise.all([
      this.#openOwn(start, { engine: engine.value, definition, network }),
      this.#openServices(start, { engine: engine.value, wanted: wanted.value, network }),
    ]);
    if (!others.ok) return others;
    if (!opened.ok) return opened;
    return ok({ ...opened.value, services: others.value });
  }

  async #openServices(
    { run, request, tell, signal }: ContainersStart,
    { engine, network, wanted }: InNetwork & { readonly wanted: readonly NamedDefinition[] },
  ): Promise<Result<JsonObject, Failure>> {
    const opened = await network;
    if (!opened.ok) return opened;
    return this.#services.open(engine, wanted, {
      run,
      job: request.leg.id,
      network: opened.value,
      tell,
      signal,
      env: this.#settings.engine,
      gate: this.#gate,
    });
  }

  async #openOwn(
    start: ContainersStart,
    { engine, network, definition }: InNetwork & { readonly definition: ContainerDefinition | undefined },
  ): Promise<Result<JsonObject, Failure>> {
    if (definition === undefined || this.#place === undefined) return ok({});
    const { run, request, workspace, tell, signal } = start;
    const opened = await this.#place.open(engine, {
      run,
      job: request.leg.id,
      definition,
      workspace,
      network,
      tell,
      signal,
    });
    return opened.ok ? ok({ container: { id: opened.value.id, network: this.#network?.name ?? null } }) : opened;
  }

  async #openFor(services: readonly NamedDefinition[], image: string): Promise<Result<Engine, Failure>> {
    const engine = await this.#open();
    if (!engine.ok) return err(needing(services, image, engine.error));
    return engine;
  }

  /** Its name. For a job on this machine whose services are on another there is a way to them too. */
  async #openNetwork(engine: Engine, owner: Owner): Promise<Result<string, Failure>> {
    const opened = await openNetwork(engine, owner);
    if (!opened.ok) return opened;
    const network = opened.value;
    this.#network = network;
    if (engine.remote === undefined || this.#place !== undefined) return ok(network.name);
    this.#tell(`the engine at ${engine.remote} is on another machine: ports of services lead there`);
    const asked = { owner, network: network.name, externals: this.#settings, tell: this.#tell };
    const gate = await openGate(engine, asked);
    if (!gate.ok) return gate;
    this.#gate = gate.value;
    return ok(network.name);
  }

  async #open(): Promise<Result<Engine, Failure>> {
    if (this.#engine !== undefined) return ok(this.#engine);
    const engine = await openEngine(this.#settings.engine);
    if (engine.ok) this.#engine = engine.value;
    return engine;
  }

  /** For people who look for why the job failed. */
  tellLogs(tell: (line: string) => void): Promise<void> {
    return this.#services.tellLogs(tell);
  }

  async close(): Promise<void> {
    await removeOrTell(() => this.#services.close(), 'a service', this.#tell);
    await this.#place?.processes.close();
    const gate = this.#gate;
    this.#gate = undefined;
    if (gate !== undefined) await removeOrTell(() => gate.close(), 'the way to the services', this.#tell);
    const network = this.#network;
    this.#network = undefined;
    if (network === undefined || this.#engine === undefined) return;
    const engine = this.#engine;
    await removeOrTell(() => network.remove(), "the job's network", this.#tell);
    await removeOrTell(() => removeVolumes(engine, this.#owner), 'a volume', this.#tell);
  }

  /** Removes a folder of the job's, also when a container that is gone has left files of root's in it. */
  async dispose(folder: HostPath, remove: () => Promise<void>): Promise<void> {
    try {
      await remove();
    } catch (error) {
      if (!isErrno(error, 'EACCES', 'EPERM')) throw error;
      const { engine } = this.#settings;
      await reclaimFiles({ owner: this.#owner, folder, externals: this.#settings, engine });
      await remove();
    }
  }
}

function needing(services: readonly NamedDefinition[], image: string, failure: Failure): Failure {
  const what = image === '' ? `the service ${services[0]?.name}` : `the job's container ${image}`;
  return { ...failure, message: `${what}: ${failure.message}` };
}
