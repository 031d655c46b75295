/** Reading and removing files that a task may have planted: no symlink is followed, no named pipe waited for. */
import { constants, type Dirent } from 'node:fs';
import { chmod, type FileHandle, lstat, open, readdir, rename, rmdir, unlink, writeFile } from 'node:fs/promises';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** The file's bytes, or undefined when it is absent, larger than `limit` bytes, or not a regular file. */
export async function readRegular(path: string | Buffer, limit: number): Promise<Buffer | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK', 'ENXIO', 'EACCES', 'ENAMETOOLONG', 'EISDIR'))
      return undefined;
    throw error;
  }
  try {
    const stat = await handle.stat();
    return stat.isFile() && stat.size <= limit ? await handle.readFile() : undefined;
  } finally {
    await handle.close();
  }
}

/** As `readRegular`, for a file of one line. */
export async function readLine(path: string): Promise<string | undefined> {
  return (await readRegular(path, 8192))?.toString('utf8').trim();
}

/** Whether anything has this name, a dangling symlink included. */
export async function exists(path: string | Buffer): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG')) return false;
    throw error;
  }
}

/** Whether this is a plain file: not a symlink to one, not a named pipe that a reader would hang on. */
export async function isRegular(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}

/** Writes beside and renames, so that a reader or a crash sees the old file or the new one. */
export async function replaceFile(path: string, content: string | Buffer): Promise<void> {
  const draft = `${path}.${process.pid}.${(drafts++).toString(36)}.new`;
  await writeFile(draft, content, { mode: 0o644 });
  await rename(draft, path);
}
let drafts = 0;

/**
 * Removes whatever has this name, the read-only directories that package managers leave included. One directory at a
 * time: the removal that node:fs has holds a promise for every file of the tree at once.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    if ((await lstat(path)).isDirectory()) await removeDirectory(Buffer.from(path), 3);
    else await unlink(path);
  } catch (error) {
    if (!isCode(error, 'ENOENT', 'ENOTDIR')) throw error;
  }
}

async function removeDirectory(directory: Buffer, attempts: number): Promise<void> {
  try {
    const entries = await readdir(directory, { withFileTypes: true, encoding: 'latin1' });
    const named = (entry: Dirent): Buffer => Buffer.concat([directory, Buffer.from(`/${entry.name}`, 'latin1')]);
    await Promise.all(entries.filter((entry) => !entry.isDirectory()).map((entry) => unlink(named(entry))));
    for (const entry of entries) {
      if (entry.isDirectory()) await removeDirectory(named(entry), attempts);
    }
    await rmdir(directory);
  } catch (error) {
    // Something may still write or remove in there; a few attempts tell that from a real obstacle.
    if (attempts === 0 || !isCode(error, 'EACCES', 'EPERM', 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
    if (isCode(error, 'EACCES', 'EPERM')) await chmod(directory, 0o700);
    if (await exists(directory)) await removeDirectory(directory, attempts - 1);
  }
}

export function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
