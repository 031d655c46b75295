/** Where the things of a sandbox lie in it, and what has to be there before the engine mounts something at them. */
import type { Stats } from 'node:fs';
import { lstat, mkdir, realpath, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { errnoOf } from '../../shared/errno.ts';
import { type Failure, MachineError } from '../../shared/failure.ts';
import { BOX_HOME, type Engine, type Mount, volumesOf } from '../environments/index.ts';

/** The working tree. */
export const WORK = '/work';
/** What a command is handed beside it. */
export const FILES = '/__o/files';

const OURS = [WORK, BOX_HOME, '/__o', '/__e'];

/**
 * An image may declare volumes, which the engine puts over what is mounted around them: what the task writes there
 * would be lost, and the engine makes folders of root's for them.
 */
export async function findVolumeFault(engine: Engine, image: string): Promise<Failure | undefined> {
  const volumes = await volumesOf(engine, image);
  if (!volumes.ok) return volumes.error;
  const path = volumes.value.find((volume) => OURS.some((own) => volume.startsWith(`${own}/`)));
  if (path === undefined) return undefined;
  const message = `the image ${image} cannot be a sandbox: it has a volume at ${path}, over the files of the task`;
  return { code: 'setup-failed', message };
}

/**
 * Makes the places below the task's home that something is mounted at; the engine would make them as root, and follow
 * links that an earlier command has put there. Nothing may run in the sandbox meanwhile. Throws `MachineError`.
 */
export async function provideMountPoints(home: HostPath, mounts: readonly Mount[]): Promise<void> {
  for (const { host, inner } of mounts) {
    if (!inner.startsWith(`${BOX_HOME}/`)) continue;
    try {
      await provide(home, inner.slice(BOX_HOME.length + 1).split('/'), host);
    } catch (error) {
      const reason = errnoOf(error) ?? '';
      if (reason === '') throw error;
      throw noPlace(inner, reason);
    }
  }
}

async function provide(home: HostPath, names: readonly string[], source: HostPath): Promise<void> {
  let path: string = home;
  for (const [at, name] of names.entries()) {
    path = join(path, name);
    const isFile = at === names.length - 1 && !(await stat(source)).isDirectory();
    const found = await look(path);
    if (found === undefined) await (isFile ? writeFile(path, '', { flag: 'wx' }) : mkdir(path));
    else if (isFile ? !found.isFile() : !found.isDirectory())
      throw noPlace(join(BOX_HOME, ...names), 'a command of the task has put something else there');
  }
}

/**
 * Mounts that make these folders of the tree writable where the rest is not. One that is not there is made; nothing may
 * run in the sandbox meanwhile, and what is no folder may lead anywhere. Throws `MachineError`.
 */
export async function provideWritable(tree: HostPath, folders: readonly string[]): Promise<readonly Mount[]> {
  const mounts: Mount[] = [];
  for (const folder of folders) {
    const path = join(tree, folder);
    const found = await look(path);
    if (found === undefined) await mkdir(path);
    else if (!found.isDirectory()) throw noPlace(`${WORK}/${folder}`, 'it is no folder in the working tree');
    mounts.push({ host: hostPath(path), inner: `${WORK}/${folder}`, readOnly: false });
  }
  return mounts;
}

async function look(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function noPlace(inner: string, reason: string): MachineError {
  return new MachineError({ code: 'setup-failed', message: `nothing can be mounted at ${inner}: ${reason}` });
}

/** Whoever may write around a source could have replaced it since it was found. Throws `MachineError`. */
export async function refuseMoved(mounts: readonly Mount[]): Promise<void> {
  for (const { host } of mounts) {
    const real = await realpath(host).catch((error: unknown) => errnoOf(error) ?? '');
    if (real === host) continue;
    const message = `the mount ${host} is not what it was when the sandbox was made`;
    throw new MachineError({ code: 'setup-failed', message });
  }
}
