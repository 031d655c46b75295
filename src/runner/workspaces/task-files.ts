/** Files of a task that are not part of its tree: temporary ones, what it leaves for orch, artifacts. */
import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  type FileHandle,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  realpath,
  statfs,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { errnoOf } from '../../shared/errno.ts';
import { PRIVATE_FILE } from '../../shared/file-modes.ts';
import { matchGlob } from './globs.ts';

export interface TaskFilesPlaces {
  /** The job's own temporary directory, removed by whoever made it. */
  readonly temporary: HostPath;
  /** Where the run keeps this leg's artifacts. */
  readonly artifacts: HostPath;
  /** The user's checkout. */
  readonly checkout: HostPath;
}

/** Fills the port `Files` in `src/tasks/ports.ts`. */
export interface TaskFiles {
  temporary(name: string): Promise<HostPath>;
  read(path: HostPath, limit: number): Promise<string | undefined>;
  write(path: HostPath, text: string): Promise<void>;
  space(path: HostPath): Promise<{ readonly free: number; readonly size: number } | undefined>;
  fromCheckout(path: string): Promise<HostPath | undefined>;
  keepArtifacts(root: HostPath, globs: readonly string[]): Promise<readonly KeptFile[]>;
}

interface KeptFile {
  readonly path: string;
  readonly bytes: number;
}

/** A prompt is text for a model: more than this is a mistake. */
const LARGEST_COPY = 16 * 1024 * 1024;

export function createTaskFiles(places: TaskFilesPlaces): TaskFiles {
  return {
    temporary: async (name) => hostPath(await mkdtemp(join(places.temporary, `${name}-`))),
    read: readRegular,
    write: async (path, text) => {
      // Never through a link that the task put there.
      const file = await open(
        path,
        constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
        PRIVATE_FILE,
      );
      try {
        await file.writeFile(text);
      } finally {
        await file.close();
      }
    },
    space: spaceOf,
    fromCheckout: (path) => copyOut(places, path),
    keepArtifacts: (root, globs) => keepArtifacts(places, root, globs),
  };
}

async function spaceOf(path: HostPath): ReturnType<TaskFiles['space']> {
  try {
    const { bavail, blocks, bsize } = await statfs(path);
    return { free: bavail * bsize, size: blocks * bsize };
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}

async function readRegular(path: HostPath, limit: number): Promise<string | undefined> {
  const file = await openRegular(path);
  if (file === undefined) return undefined;
  try {
    const buffer = Buffer.alloc(limit);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, limit - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length === limit) return buffer.toString('utf8', 0, length);
    }
  } finally {
    await file.close();
  }
}

/** Undefined for anything but a regular file; a FIFO does not make us wait. */
async function openRegular(path: string): Promise<FileHandle | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw error;
  }
}

async function copyOut(places: TaskFilesPlaces, path: string): Promise<HostPath | undefined> {
  const source = join(places.checkout, path);
  const text = await readRegular(hostPath(source), LARGEST_COPY);
  if (text === undefined) return undefined;
  const target = join(await mkdtemp(join(places.temporary, 'prompt-')), path.split(/[\\/]/).at(-1) ?? 'prompt');
  await writeFile(target, text, { mode: PRIVATE_FILE });
  return hostPath(target);
}

async function keepArtifacts(
  places: TaskFilesPlaces,
  root: HostPath,
  globs: readonly string[],
): Promise<readonly KeptFile[]> {
  const kept: KeptFile[] = [];
  const top = await realpath(root);
  for await (const path of regularFiles(top)) {
    const name = relative(top, path).split(sep).join('/');
    if (!globs.some((glob) => matchGlob(glob, name))) continue;
    const target = join(places.artifacts, name);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(path, target, constants.COPYFILE_FICLONE);
    const { size, mode } = await lstat(target);
    await chmod(target, PRIVATE_FILE | (mode & 0o100));
    kept.push({ path: name, bytes: size });
  }
  return kept.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Links are not followed, so nothing outside is reached; git's own folder is not an artifact. */
async function* regularFiles(directory: string): AsyncGenerator<string> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && entry.name !== '.git') yield* regularFiles(path);
    else if (entry.isFile() && entry.name !== '.git') yield path;
  }
}
