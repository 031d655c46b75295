/** The directories of a workflow's job: its own, with its event, and its workspace; and where its processes run. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { type Failure, MachineError } from '../../shared/failure.ts';
import type { Result } from '../../shared/result.ts';
import type { JobAccess } from '../services/index.ts';
import type { ActionImages } from './action-images.ts';
import { JobContainers } from './job-containers.ts';
import { isOwnDirectory, makeOwnDirectory } from './own-directory.ts';
import type { Directories } from './workflow-place.ts';
import type { WorkflowFrames } from './workflow-settings.ts';

interface Wanted {
  /** The directory of a job that is gone on with. */
  readonly known: string | undefined;
  readonly image: Result<string, Failure>;
  readonly images: ActionImages;
  /** To the services of the run. */
  readonly access: JobAccess;
}

export async function makeDirectories(
  settings: WorkflowFrames,
  leg: string,
  { known, ...wanted }: Wanted,
): Promise<Directories> {
  // At once: through the thread pool so little would take many times as long.
  mkdirSync(settings.temp, { recursive: true });
  mkdirSync(settings.toolCache, { recursive: true });
  const home = hostPath(known ?? mkdtempSync(join(settings.temp, 'job-')));
  if (known !== undefined) await keepTemp(home, settings.temp);
  const temp = hostPath(join(home, '_temp'));
  const event = hostPath(join(temp, '_github_workflow', 'event.json'));
  for (const owned of [temp, dirname(event)]) makeOwnDirectory(owned);
  rmSync(event, { recursive: true, force: true });
  writeFileSync(event, settings.event, { mode: 0o600, flag: 'wx' });
  const isInside = wanted.image.ok && wanted.image.value !== '';
  // Got ready while the workspace is being made.
  const processes = isInside ? undefined : settings.openProcesses(home);
  try {
    const workspace = await settings.workspace(leg, known !== undefined);
    const { root, work, reads = [] } = workspace;
    // Scripts around the job are this machine's, and so are actions that are folders of it.
    const hooks = Object.values(settings.hooks ?? {}).map(hostPath);
    const own = [...hooks, ...settings.actions.folders].filter((path) => existsSync(path));
    const all = [...new Set([...reads, ...own])];
    const folders = { root, temp, home, toolCache: settings.toolCache, reads: all };
    const { run, containers: containerSettings } = settings;
    const { images, access } = wanted;
    const parts = { run, job: leg, settings: containerSettings, images, access, work, folders, isInside };
    const containers = new JobContainers(parts);
    return { home, temp, event, processes: processes ?? containers.processes, workspace, containers };
  } catch (error) {
    await processes?.close();
    throw error;
  }
}

/** Actions are copied again, and processes have their pipes anew. */
async function keepTemp(home: HostPath, parent: HostPath): Promise<void> {
  if (dirname(home) !== parent || !isOwnDirectory(home)) {
    const message = `${home}, which the job left when it was paused, is not there any more`;
    throw new MachineError({ code: 'environment-lost', message });
  }
  const names = (await readdir(home)).filter((name) => name !== '_temp');
  // Steps in a container may have made links of these, which are not to be followed.
  const own = ['_github_workflow', '_github_home', '_runner_file_commands'].map((name) => join('_temp', name));
  for (const name of [...names, ...own]) await rm(join(home, name), { recursive: true, force: true });
}
