/** Volumes that a job names: those that are not there are made for it, and go with it; the user's own stay. */
import type { CreateDraft } from './create-draft.ts';
import { type Engine, isThere } from './engine.ts';
import { FILES_LABEL, labelsOf, type Owner, RUN_LABEL } from './labels.ts';
import { volumeGone } from './sweep.ts';

/**
 * By run and volume, the jobs that name it: all jobs of a run are in this process. One that ends must not take a volume
 * from another that is about to mount it, since the engine would make it again without a mark.
 */
const users = new Map<string, Map<string, Set<string>>>();

/** Before the container is created: the engine would make them without a mark. */
export async function provideVolumes(
  { docker }: Pick<Engine, 'docker'>,
  owner: Owner,
  draft: CreateDraft,
): Promise<void> {
  // What another driver makes of a name is its own.
  if (draft.host.VolumeDriver !== undefined) return;
  for (const name of namesIn(draft)) {
    use(owner, name);
    if (!(await isThere(docker.getVolume(name))))
      await docker.createVolume({ Name: name, Labels: { ...labelsOf(owner) } });
  }
}

function use({ run, job }: Owner, name: string): void {
  const volumes = users.get(run) ?? new Map<string, Set<string>>();
  users.set(run, volumes.set(name, (volumes.get(name) ?? new Set()).add(job)));
}

/** Those of the run that no job of it names any longer. */
export async function removeVolumes({ docker }: Pick<Engine, 'docker'>, { run, job }: Owner): Promise<void> {
  const volumes = users.get(run);
  for (const [name, jobs] of volumes ?? []) {
    jobs.delete(job);
    if (jobs.size === 0) volumes?.delete(name);
  }
  if (volumes?.size === 0) users.delete(run);
  const { Volumes } = await docker.listVolumes({ filters: { label: [`${RUN_LABEL}=${run}`] } });
  // Null where there are none, whatever the types say.
  const free = (Volumes ?? []).filter(({ Name, Labels }) => !volumes?.has(Name) && !(FILES_LABEL in Labels));
  await Promise.all(free.map(({ Name }) => volumeGone(docker.getVolume(Name))));
}

/** What stands before the colon and is no path. */
export function namesIn({ volumes, mounts }: Pick<CreateDraft, 'volumes' | 'mounts'>): ReadonlySet<string> {
  const bound = volumes.flatMap((volume) => (volume.includes(':') ? [volume.slice(0, volume.indexOf(':'))] : []));
  const mounted = mounts.flatMap(({ Type, Source }) => (Type === 'volume' ? [Source] : []));
  return new Set([...bound, ...mounted].filter((name) => /^\w[\w.-]*$/.test(name)));
}
