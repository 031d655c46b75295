/**
 * Fetched repositories on disk: `<root>/<owner>/<repo>/<sha>` holds the files of a commit and appears whole, by a
 * rename; `<root>/<owner>/<repo>/refs-<source>/<ref>` holds what a name meant last, for runs without a network.
 */
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { MachineError } from '../../shared/failure.ts';
import type { RemoteReference } from '../../workflow/index.ts';
import { ifThere } from './if-there.ts';
import { isCommitId, type ResolvedRef } from './resolve-ref.ts';

export interface ActionCache {
  /** The directory with the files of a commit, when they are there. */
  find(reference: RemoteReference, sha: string): Promise<HostPath | undefined>;
  /** Runs `fill` in a directory of its own; the directory it returns becomes the entry, unless another run was first. */
  add<E>(
    reference: RemoteReference,
    sha: string,
    fill: (directory: HostPath) => Promise<{ ok: true; value: string } | { ok: false; error: E }>,
  ): Promise<{ ok: true; value: HostPath } | { ok: false; error: E }>;
  /** What the name meant when it was last asked for at this URL. */
  recall(reference: RemoteReference, url: string): Promise<ResolvedRef | undefined>;
  remember(reference: RemoteReference, url: string, resolved: ResolvedRef): Promise<void>;
}

/** Whatever is older was left by a run that died. Milliseconds. */
const ABANDONED = 24 * 60 * 60_000;

export function openActionCache(root: HostPath): ActionCache {
  const entryOf = (reference: RemoteReference, sha: string): HostPath =>
    hostPath(join(root, reference.owner, reference.repository, sha));
  const nameOf = (reference: RemoteReference, url: string): string => {
    const source = createHash('sha256').update(url).digest('hex').slice(0, 16);
    return join(root, reference.owner, reference.repository, `refs-${source}`, fileNameOf(reference.ref));
  };
  const find: ActionCache['find'] = async (reference, sha) => {
    const entry = entryOf(reference, sha);
    return (await isDirectory(entry)) ? entry : undefined;
  };
  return {
    find,
    add: async (reference, sha, fill) => {
      const entry = entryOf(reference, sha);
      const workshop = join(root, 'unfinished');
      const directory = await onDisk(root, async () => {
        await mkdir(join(root, reference.owner, reference.repository), { recursive: true });
        await mkdir(workshop, { recursive: true });
        await sweep(workshop);
        return mkdtemp(join(workshop, 'fetch-'));
      });
      try {
        const filled = await fill(hostPath(directory));
        if (!filled.ok) return filled;
        await onDisk(root, () => moveUnlessThere(filled.value, entry));
        return { ok: true, value: entry };
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
    recall: async (reference, url) => {
      const text = await ifThere(() => readFile(nameOf(reference, url), 'utf8'));
      const [sha = '', name] = text?.trim().split(' ') ?? [];
      return isCommitId(sha) ? { sha, ...(name === undefined ? {} : { name }) } : undefined;
    },
    remember: async (reference, url, { sha, name }) => {
      const path = nameOf(reference, url);
      await onDisk(root, async () => {
        await mkdir(join(path, '..'), { recursive: true });
        const fresh = `${path}.${randomBytes(6).toString('hex')}`;
        await writeFile(fresh, name === undefined ? sha : `${sha} ${name}`);
        await rename(fresh, path);
      });
    },
  };
}

const COPY = {
  recursive: true,
  verbatimSymlinks: true,
  errorOnExist: true,
  mode: constants.COPYFILE_FICLONE,
} as const;

/** A copy for one job, which may write into it: what is in the cache is for all runs. */
export async function copyAction(entry: HostPath, target: HostPath): Promise<void> {
  await onDisk(target, () => cp(entry, target, COPY));
}

/** The files of a working tree as they are now, without what is git's. */
export async function copyTree(tree: HostPath, target: HostPath): Promise<void> {
  const git = join(tree, '.git');
  await onDisk(target, () => cp(tree, target, { ...COPY, filter: (path) => path !== git }));
}

/** A rename on to a directory that is not empty fails, whoever made it: then the other's is as good. */
async function moveUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await isDirectory(to))) throw error;
  }
}

async function sweep(workshop: string): Promise<void> {
  for (const name of await readdir(workshop)) {
    const path = join(workshop, name);
    const made = await ifThere(() => stat(path));
    if (made !== undefined && Date.now() - made.mtimeMs > ABANDONED) await rm(path, { recursive: true, force: true });
  }
}

/** Refs hold slashes and whatever else a file name cannot, and may be longer than one. */
function fileNameOf(ref: string): string {
  const name = encodeURIComponent(ref).replaceAll('*', '%2A');
  return name.length <= 120 ? name : createHash('sha256').update(ref).digest('hex');
}

async function isDirectory(path: string): Promise<boolean> {
  return (await ifThere(() => stat(path)))?.isDirectory() ?? false;
}

async function onDisk<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
    const message = `the action cache at ${place} cannot be written: ${error.message}`;
    throw new MachineError({ code: full ? 'disk-full' : 'environment-lost', message }, { cause: error });
  }
}
