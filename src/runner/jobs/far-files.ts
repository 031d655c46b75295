/** The files of a job whose container is on another machine: which of them go there, and which come back when. */
import { type HostPath, hostPath } from '../../shared/brand.ts';
import {
  type Carrier,
  type FileOwner,
  type JobEnvironment,
  type Mount,
  startWithFiles,
} from '../environments/index.ts';

export interface FarFiles {
  readonly steps: Pick<JobEnvironment, 'start'>;
  /** The job's folders, with the volumes that another container of the job can have too. */
  readonly mounts: readonly Mount[];
  /** Whose they are there. */
  readonly owner: FileOwner;
  /** Commands in such a container. */
  around(steps: Pick<JobEnvironment, 'start'>): Pick<JobEnvironment, 'start'>;
  /** The working tree here becomes the one there, unless nothing has run since it did. */
  refresh(): Promise<void>;
  /** That, and RUNNER_TEMP. */
  bringBack(): Promise<void>;
}

export interface FarFolders {
  /** What a container on this machine would have mounted. */
  readonly mounts: readonly Mount[];
  /** GITHUB_WORKSPACE on this machine. */
  readonly work: HostPath;
  /** RUNNER_TEMP. */
  readonly temp: HostPath;
  /** The job's own directory. */
  readonly home: HostPath;
  readonly toolCache: HostPath;
  /** What files of the working tree refer to. */
  readonly reads: readonly HostPath[];
}

export interface FarPlace {
  readonly carrier: Carrier;
  /** Of the image's user, whose the files are in there. */
  readonly uid: number;
  readonly steps: Pick<JobEnvironment, 'start'>;
}

export function copyToContainer({ carrier, uid, steps }: FarPlace, folders: FarFolders): FarFiles {
  const { work, temp, home, toolCache, reads } = folders;
  const at = (host: string): Mount => {
    const mount = folders.mounts.find((one) => one.host === host);
    if (mount === undefined) throw new Error(`${host} is none of the job's folders`);
    return mount;
  };
  const below = (...names: readonly string[]): Mount => at(hostPath([temp, ...names].join('/')));
  const commandFiles = below('_runner_file_commands');
  const files = carrier.files({
    access: ({ mode }) => ({ uid, gid: 0, mode }),
    // What tools find there is for this machine's programs.
    bare: [at(toolCache)],
    once: [at(work), below('_github_home'), below('_github_workflow'), ...reads.map(at)],
    always: [at(temp), commandFiles, at(`${home}/_actions`)],
  });
  let isChanged = false;
  let running = 0;
  const refresh = async (): Promise<void> => {
    if (!isChanged && running === 0) return;
    isChanged = running > 0;
    await files.fetch(at(work));
  };
  const around: FarFiles['around'] = (those) => {
    const inner = startWithFiles(those, files, commandFiles);
    return {
      start: async (request) => {
        isChanged = true;
        running += 1;
        const started = await inner.start(request);
        void started.exit.finally(() => {
          running -= 1;
        });
        return started;
      },
    };
  };
  return {
    steps: around(steps),
    mounts: carrier.mounts,
    owner: { uid, gid: 0 },
    around,
    refresh,
    bringBack: async () => {
      await refresh();
      await files.fetch(at(temp));
    },
  };
}
