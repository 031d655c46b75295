/** The repositories that a job's actions come from, each once a job, as copies of the job's own. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { type Failure, MachineError } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { describeRemote, type RemoteReference } from '../../workflow/index.ts';
import { type ActionStore, copyAction, copyTree } from '../actions/index.ts';
import { createOnce } from './once.ts';

export interface ActionRootSettings {
  readonly store: ActionStore;
  /** The job's own directory for copies. */
  readonly directory: HostPath;
  readonly workspace: HostPath;
  /** Makes the workspace on this machine what the steps see, where that is another. */
  readonly refresh?: () => Promise<void>;
  /** Takes a line for the job's log. */
  readonly tell: (line: string) => void;
}

/** The root of a repository; of the one that runs, when none is named. */
export type ActionRoots = (
  reference: RemoteReference | undefined,
  signal: AbortSignal,
) => Promise<Result<HostPath, Failure>>;

export function createActionRoots(settings: ActionRootSettings): ActionRoots {
  const { workspace, directory } = settings;
  const once = createOnce<HostPath>();
  return (reference, signal) => {
    // The tree as it is before the first step: what steps check out or remove in it does not matter to `$/`.
    if (reference === undefined)
      return once('_self', async () => ok(await copySelf(workspace, hostPath(join(directory, '_self')))));
    const { owner, repository, ref } = reference;
    const name = `${owner.toLowerCase()}/${repository.toLowerCase()}/${encodeURIComponent(ref)}`;
    return once(name, () => copyOf({ reference, target: hostPath(join(directory, name)), signal }, settings));
  };
}

interface Copy {
  readonly reference: RemoteReference;
  readonly target: HostPath;
  readonly signal: AbortSignal;
}

/** A folder that the user named is used where it is; the cache belongs to all runs and is copied. */
async function copyOf(
  { reference, target, signal }: Copy,
  { store, tell }: ActionRootSettings,
): Promise<Result<HostPath, Failure>> {
  const fetched = await fetchUnlessCancelled(store, reference, signal);
  if (!fetched.ok) return fetched;
  const { root, sha } = fetched.value;
  const name = describeRemote({ ...reference, path: '' });
  if (sha === undefined) {
    tell(`[orch] ${name} is the folder ${root}`);
    return ok(root);
  }
  tell(`Download action repository '${name}' (SHA:${sha})`);
  await mkdir(dirname(target), { recursive: true });
  await copyAction(root, target);
  return ok(target);
}

/** Nobody has to be told of what was not fetched because the job ends: it is no fault of the machine. */
async function fetchUnlessCancelled(
  store: ActionStore,
  reference: RemoteReference,
  signal: AbortSignal,
): ReturnType<ActionStore['fetch']> {
  try {
    return await store.fetch(reference, signal);
  } catch (error) {
    if (error instanceof MachineError && error.failure.code === 'cancelled') return err(error.failure);
    throw error;
  }
}

async function copySelf(workspace: HostPath, target: HostPath): Promise<HostPath> {
  await mkdir(dirname(target), { recursive: true });
  await copyTree(workspace, target);
  return target;
}
