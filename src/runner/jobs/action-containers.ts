/** Where the Docker actions of a job run: a container for each stage, which sees the job's files by GitHub's names. */
import { realpathSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { type Failure, MachineError } from '../../shared/failure.ts';
import { err, type Result } from '../../shared/result.ts';
import {
  createPathMap,
  type Engine,
  type JobEnvironment,
  type JobProcess,
  type Mount,
  type PathMap,
  type ProcessRequest,
  prepareExternals,
  type Supervised,
  startActionContainer,
} from '../environments/index.ts';
import type { JobAccess } from '../services/index.ts';
import { type Inside, type JobPlace, writeLines } from '../steps/index.ts';
import type { ActionImage, ActionImages, ImageAsked } from './action-images.ts';
import type { FarFiles } from './far-files.ts';
import { type ContainerFolders, type ContainerSettings, homeOf, isBelow } from './job-container.ts';
import { joinServices } from './service-way.ts';

export interface ActionContainers {
  /** The image, pulled or built where it is not there yet. */
  provide(wanted: ActionImage, asked: ImageAsked): Promise<Result<string, Failure>>;
  /** The job's place as such a container sees it. */
  place(job: JobPlace, stage: StageContainer): JobPlace;
}

export interface StageContainer {
  readonly image: string;
  /** In place of the image's own; '' for that. */
  readonly entrypoint: string;
}

export interface ActionContainersParts {
  readonly settings: ContainerSettings;
  readonly images: ActionImages;
  readonly run: string;
  /** The leg's id. */
  readonly job: string;
  /** GITHUB_WORKSPACE on this machine. */
  readonly work: HostPath;
  readonly folders: ContainerFolders;
  /** To the services of the run. */
  readonly access: JobAccess;
  readonly engine: () => Promise<Result<Engine, Failure>>;
  /** The name of the job's network, where it has one. */
  readonly network: () => string | undefined;
  /** Where the job's container is on another machine: its files there. */
  readonly far: () => FarFiles | undefined;
}

const WORKSPACE = '/github/workspace';
const HOME = '/github/home';
const TEMP = '/github/runner_temp';
const EVENT = '/github/workflow';
const FILES = '/github/file_commands';
/** The container is the stage's alone, so that it is free; its variables name it before there is a container. */
const PORT = 3129;
const UNREACHED = '[orch] the container does not reach the artifacts of the run';
const SERVICES = `http://127.0.0.1:${PORT}/`;
/** What whoever the image's user is may write. */
const SHARED = [WORKSPACE, HOME, TEMP, EVENT, FILES];

function mountsOf({ work, folders: { temp, reads } }: ActionContainersParts): readonly Mount[] {
  const files = hostPath(join(temp, '_runner_file_commands'));
  return [
    { host: work, inner: WORKSPACE },
    { host: temp, inner: TEMP },
    { host: homeOf({ temp }), inner: HOME },
    { host: hostPath(join(temp, '_github_workflow')), inner: EVENT },
    { host: files, inner: FILES },
    // Also where it lies in that of RUNNER_TEMP: what is mounted cannot be replaced by a link.
    { host: files, inner: `${TEMP}/_runner_file_commands` },
    ...reads.map((path) => ({ host: path, inner: path, readOnly: true })),
  ];
}

export function createActionContainers(parts: ActionContainersParts): ActionContainers {
  const mounts = mountsOf(parts);
  const paths = createPathMap(mounts);
  const inside: Inside = {
    toInner: (path) => paths.toInner(path),
    toHost: (path) => paths.toHost(path),
    isShared: (path) => mounts.some(({ host }) => isBelow(realpathSync(host), path)),
    node: 'node',
  };
  let count = 0;
  return {
    provide: async (wanted, asked) => {
      const engine = await parts.engine();
      if (engine.ok) return parts.images(engine.value, wanted, asked);
      return err({ ...engine.error, message: `${wanted.uses}: ${engine.error.message}` });
    },
    place: (job, stage) => {
      count += 1;
      const name = `${parts.job} action ${count}`;
      let isOffered = false;
      const prepare = async (container: Supervised): Promise<void> => {
        const joined = isOffered ? await joinServices(container, parts.access, PORT) : undefined;
        if (joined?.ok !== false) return;
        await writeLines(job, [`${UNREACHED}: ${joined.error}`]);
      };
      return {
        ...job,
        inside,
        platform: 'linux',
        hostEnv: parts.settings.env,
        services: async (kind, use) => {
          const offered = await job.services(kind, use);
          isOffered = offered.runtimeToken !== undefined;
          return isOffered ? { ...offered, runtimeUrl: SERVICES, resultsUrl: SERVICES } : {};
        },
        processes: processesOf(
          { ...parts, job: name },
          { stage, mounts, rename: renaming(paths, job.inside), prepare, tell: (line) => void writeLines(job, [line]) },
        ),
      };
    },
  };
}

interface Stage {
  readonly stage: StageContainer;
  readonly mounts: readonly Mount[];
  /** A path of this machine or of the job's container by the name that it has here; any other text as it is. */
  readonly rename: (value: string) => string;
  readonly tell: (line: string) => void;
  /** In the container, before the action. */
  readonly prepare: (container: Supervised) => Promise<void>;
}

function processesOf(parts: ActionContainersParts, stage: Stage): JobEnvironment {
  return {
    start: async (request) => {
      const opened = await parts.engine();
      if (!opened.ok) throw new MachineError(opened.error);
      const engine = opened.value;
      const far = parts.far();
      const action = { start: (asked: ProcessRequest) => startStage(parts, { ...stage, engine, far }, asked) };
      if (engine.remote !== undefined && far === undefined)
        stage.tell(`[orch] the engine at ${engine.remote} is on another machine: files are copied there and back`);
      return (far?.around(action) ?? action).start(request);
    },
    close: () => Promise.resolve(),
  };
}

interface StageStart extends Stage {
  readonly engine: Engine;
  readonly far: FarFiles | undefined;
}

async function startStage(
  { settings, run, job, network }: ActionContainersParts,
  { stage, mounts, rename, prepare, tell, engine, far }: StageStart,
  { argv: [, ...args], env, onOutput }: ProcessRequest,
): Promise<JobProcess> {
  for (const { host, readOnly } of mounts) if (readOnly !== true) await mkdir(host, { recursive: true });
  const renamed = Object.entries(env).map(([name, value]) => [name, rename(value)]);
  const volumes = new Map(far?.mounts.map(({ host, volume }) => [host, volume]));
  return startActionContainer(
    engine,
    {
      owner: { run, job },
      ...stage,
      args,
      mounts: mounts.map((mount) => {
        const volume = volumes.get(mount.host);
        return volume === undefined ? mount : { ...mount, volume };
      }),
      shared: { folders: SHARED, owner: far?.owner },
      workdir: WORKSPACE,
      externals: await prepareExternals(settings),
      network: network(),
      tell: (line) => tell(`[orch] ${line}`),
      onPlain: (reason) =>
        tell(`[orch] No supervisor starts in the container of ${stage.image} (${reason}): it is an exec of the engine`),
      prepare,
    },
    { env: { ...Object.fromEntries(renamed), HOME }, onOutput },
  );
}

function renaming(paths: PathMap, outer: Inside | undefined): Stage['rename'] {
  return (value) => {
    if (!value.startsWith('/')) return value;
    const host = outer?.toHost(value) ?? value;
    const inner = paths.toInner(host);
    return inner === host ? value : inner;
  };
}
