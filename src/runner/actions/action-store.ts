/** Where `uses: owner/repo[/path]@ref` comes from: a folder the user named, the cache, or the source by git. */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { type Failure, MachineError } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { describeRemote, type RemoteReference } from '../../workflow/index.ts';
import { type ActionCache, openActionCache } from './action-cache.ts';
import { fetchTree, isBelow } from './fetch-tree.ts';
import { ifThere } from './if-there.ts';
import { isCommitId, type ResolvedRef, resolveRef, withoutPassword } from './resolve-ref.ts';

export interface ActionStoreOptions {
  /** The cache's directory, made when it is needed; runs share it. */
  readonly cache: HostPath;
  /** The address of a repository, with `{owner}` and `{repo}`. */
  readonly source: string;
  /** Folders that stand for `owner/repo@ref`. */
  readonly folders: ReadonlyMap<string, HostPath>;
  /** Only what is in the cache and the folders. */
  readonly offline: boolean;
}

export const DEFAULT_SOURCE = 'https://github.com/{owner}/{repo}';

export interface RemoteRepository {
  /** The repository's root. Shared by all runs: not to be written to. */
  readonly root: HostPath;
  /** The root and the reference's path. It may not be there. */
  readonly directory: HostPath;
  /** Undefined for a folder that the user named. */
  readonly sha?: string;
  /** The full name of the branch or tag; undefined when the reference says a commit, and for a folder. */
  readonly name?: string;
}

export interface ActionStore {
  /** Those that stand for repositories, and are used where they are. */
  readonly folders: readonly HostPath[];
  /** The repository at the commit that the reference means; a name means the same to the end of the run. */
  fetch(reference: RemoteReference, signal: AbortSignal): Promise<Result<RemoteRepository, Failure>>;
}

export function createActionStore(options: ActionStoreOptions): ActionStore {
  const folders = new Map([...options.folders].map(([name, folder]) => [foldName(name), folder]));
  const cache = openActionCache(options.cache);
  const pending = new Map<string, Promise<Result<Fetched, Failure>>>();
  return {
    folders: [...new Set(options.folders.values())],
    fetch: async (reference, signal) => {
      const name = `${reference.owner}/${reference.repository}@${reference.ref}`;
      const folder = folders.get(foldName(name));
      if (folder !== undefined) return locate({ root: folder }, reference);
      const result = await share(pending, name, signal, () => obtain(reference, { cache, options, signal }));
      return result.ok ? locate(result.value, reference) : result;
    },
  };
}

/**
 * Jobs that ask for the same at the same time wait for one fetch. One that failed may be tried again, and whoever is
 * not cancelled does so when the job that fetched for both is.
 */
async function share<T, E>(
  pending: Map<string, Promise<Result<T, E>>>,
  name: string,
  signal: AbortSignal,
  start: () => Promise<Result<T, E>>,
): Promise<Result<T, E>> {
  for (;;) {
    const known = pending.get(name);
    const work = known ?? start();
    if (known === undefined) pending.set(name, work);
    try {
      const result = await work;
      if (!result.ok && pending.get(name) === work) pending.delete(name);
      return result;
    } catch (error) {
      if (pending.get(name) === work) pending.delete(name);
      const others = error instanceof MachineError && error.failure.code === 'cancelled' && !signal.aborted;
      if (known === undefined || !others) throw error;
    }
  }
}

interface Fetched {
  readonly root: HostPath;
  readonly sha?: string;
  readonly name?: string;
}

interface Supply {
  readonly cache: ActionCache;
  readonly options: ActionStoreOptions;
  readonly signal: AbortSignal;
}

async function obtain(reference: RemoteReference, supply: Supply): Promise<Result<Fetched, Failure>> {
  const { cache, options, signal } = supply;
  const url = options.source.replaceAll('{owner}', reference.owner).replaceAll('{repo}', reference.repository);
  const resolved = await resolve(reference, url, supply);
  if (!resolved.ok) return resolved;
  const { sha } = resolved.value;
  const there = await cache.find(reference, sha);
  if (there !== undefined) return ok({ root: there, ...resolved.value });
  if (options.offline) return err(notHere(reference, url));
  const added = await cache.add(reference, sha, (directory) =>
    fetchTree({ reference, url, resolved: resolved.value, directory, signal }),
  );
  return added.ok ? ok({ root: added.value, ...resolved.value }) : added;
}

async function resolve(
  reference: RemoteReference,
  url: string,
  { cache, options, signal }: Supply,
): Promise<Result<ResolvedRef, Failure>> {
  if (options.offline && !isCommitId(reference.ref)) {
    const known = await cache.recall(reference, url);
    return known === undefined ? err(notHere(reference, url)) : ok(known);
  }
  const resolved = await resolveRef(reference, url, { cwd: '/', signal });
  if (resolved.ok && resolved.value.name !== undefined) await cache.remember(reference, url, resolved.value);
  return resolved;
}

function notHere(reference: RemoteReference, url: string): Failure {
  return {
    code: 'action-not-found',
    message: `The ${isWorkflow(reference) ? 'workflow' : 'action'} ${describeRemote(reference)} is not in the cache, and --offline forbids to fetch it`,
    hint: `run once without --offline to fetch it from ${withoutPassword(url)}, or use a folder in its place: --action ${reference.owner}/${reference.repository}@${reference.ref}=DIR`,
  };
}

function isWorkflow({ path }: RemoteReference): boolean {
  return /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path);
}

/** Owners and repositories are one whatever their letter case, refs are not. */
function foldName(name: string): string {
  const at = name.indexOf('@');
  return `${name.slice(0, at).toLowerCase()}${name.slice(at)}`;
}

/** The path of the reference may lead over a link, but not out of the repository. */
async function locate(fetched: Fetched, reference: RemoteReference): Promise<Result<RemoteRepository, Failure>> {
  const directory = join(fetched.root, reference.path);
  const [root, real] = await Promise.all([fetched.root, directory].map((path) => ifThere(() => realpath(path))));
  if (root !== undefined && real !== undefined && !isBelow(root, real)) {
    const message = `The action ${describeRemote(reference)} cannot be used: its path leaves the repository`;
    return err({ code: 'action-not-found', message });
  }
  return ok({ ...fetched, directory: hostPath(directory) });
}
