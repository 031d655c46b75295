/** Volumes that a job names: those that are not there are made for it, and go with it; the user's own stay. */
import type { CreateDraft } from './create-draft.ts';
import { type Engine, statusOf } from './engine.ts';
import { JOB_LABEL, labelsOf, type Owner, RUN_LABEL } from './labels.ts';
import { gone } from './sweep.ts';

const NOT_FOUND = 404;

/** Before the container is created: the engine would make them without a mark. */
export async function provideVolumes(
  { docker }: Pick<Engine, 'docker'>,
  owner: Owner,
  draft: CreateDraft,
): Promise<void> {
  // What another driver makes of a name is its own.
  if (draft.host.VolumeDriver !== undefined) return;
  for (const name of namesIn(draft))
    if (!(await isThere(docker, name))) await docker.createVolume({ Name: name, Labels: { ...labelsOf(owner) } });
}

/** Those that were made for the job, unless another one of the run uses them yet. */
export async function removeVolumes({ docker }: Pick<Engine, 'docker'>, { run, job }: Owner): Promise<void> {
  const { Volumes } = await docker.listVolumes({ filters: { label: [`${RUN_LABEL}=${run}`, `${JOB_LABEL}=${job}`] } });
  // Null where there are none, whatever the types say.
  await Promise.all((Volumes ?? []).map(({ Name }) => gone(docker.getVolume(Name).remove())));
}

/** What stands before the colon and is no path. */
export function namesIn({ volumes, mounts }: Pick<CreateDraft, 'volumes' | 'mounts'>): ReadonlySet<string> {
  const bound = volumes.flatMap((volume) => (volume.includes(':') ? [volume.slice(0, volume.indexOf(':'))] : []));
  const mounted = mounts.flatMap(({ Type, Source }) => (Type === 'volume' ? [Source] : []));
  return new Set([...bound, ...mounted].filter((name) => /^\w[\w.-]*$/.test(name)));
}

async function isThere(docker: Engine['docker'], name: string): Promise<boolean> {
  try {
    await docker.getVolume(name).inspect();
    return true;
  } catch (error) {
    if (statusOf(error) === NOT_FOUND) return false;
    throw error;
  }
}
