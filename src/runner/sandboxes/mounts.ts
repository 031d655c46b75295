/** What a sandbox sees of this machine beside its working tree, and why it may not see something. */
import { readlink, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { errnoOf } from '../../shared/errno.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { type SandboxMount, type SandboxSettings, whyNoSource } from '../../shared/sandbox.ts';
import type { Mount } from '../environments/index.ts';

export interface SandboxGround {
  /** The user's checkout, which relative sources are below. */
  readonly checkout: HostPath;
  /** The repository's git directory, the one of all its worktrees. */
  readonly gitDir: HostPath;
  /** Folders of orch's own. */
  readonly own: readonly HostPath[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The mounts that the task names; or a sentence for each that cannot be. */
export async function resolveMounts(
  { mounts }: Pick<SandboxSettings, 'mounts'>,
  ground: SandboxGround,
): Promise<Result<readonly Mount[], readonly string[]>> {
  const found = await Promise.all(mounts.map((mount) => resolveMount(mount, ground)));
  const faults = found.flatMap((one) => (one.ok ? [] : [one.error]));
  return faults.length > 0 ? err(faults) : ok(found.flatMap((one) => (one.ok ? [one.value] : [])));
}

async function resolveMount(mount: SandboxMount, ground: SandboxGround): Promise<Result<Mount, string>> {
  const { source, target, readOnly } = mount;
  const real = await realOf(resolve(ground.checkout, source.replace(/^~(?=\/|$)/, homedir())));
  if (real === undefined) return err(`the mount ${source} is not there`);
  const gitDir = (await realOf(ground.gitDir)) ?? ground.gitDir;
  const leaves = `the mount ${source} ${real === resolve(source) ? '' : `(${real}) `}`;
  if (isAtOrBelow(real, gitDir)) return err(`${leaves}lies in the repository's git directory`);
  // What the file says was looked at when it was read; it may be a link.
  const why = whyNoSource(real);
  if (why !== undefined) return err(`${leaves}${why}`);
  if (readOnly) return ok({ host: hostPath(real), inner: target, readOnly });
  for (const own of [gitDir, ...ground.own])
    if (isAtOrBelow(own, real) || isAtOrBelow(real, own))
      return err(`${leaves}holds ${own}, which is orch's or git's, and cannot be writable`);
  return ok({ host: hostPath(real), inner: target, readOnly });
}

/** What lies in a folder that a sandbox may write could be a link to anything when the next one mounts it. A sentence each. */
export async function findReplaceable(
  sandboxes: readonly Pick<SandboxSettings, 'mounts'>[],
  ground: SandboxGround,
): Promise<readonly string[]> {
  const resolved = await Promise.all(sandboxes.map((settings) => resolveMounts(settings, ground)));
  const mounts = resolved.flatMap((one) => (one.ok ? one.value : []));
  const written = mounts.flatMap(({ host, readOnly }) => (readOnly === true ? [] : [host]));
  const faults = mounts.flatMap(({ host }) => {
    const around = written.find((folder) => folder !== host && isAtOrBelow(host, folder));
    const why = 'which a task may write: it could be replaced by a link';
    return around === undefined ? [] : [`the mount ${host} lies in ${around}, ${why}`];
  });
  return [...new Set(faults)];
}

/** What the tree has links to, at the places that they lead to: the checkout's own files, to be read. */
export async function linkMounts(
  tree: HostPath,
  links: readonly string[],
  { checkout }: SandboxGround,
): Promise<readonly Mount[]> {
  const mounts = links.map(async (link): Promise<readonly Mount[]> => {
    const target = join(checkout, link).replace(/\/+$/, '');
    const text = await textOf(join(tree, link).replace(/\/+$/, ''));
    const real = text === target ? await realOf(target) : undefined;
    return real === undefined ? [] : [{ host: hostPath(real), inner: target, readOnly: true }];
  });
  return (await Promise.all(mounts)).flat();
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Where the path leads; undefined when nothing is there. */
export async function realOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}

async function textOf(link: string): Promise<string | undefined> {
  try {
    return await readlink(link);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}
