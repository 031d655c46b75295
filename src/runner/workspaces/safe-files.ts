/** Reading and removing files that a task may have planted: no symlink is followed, no named pipe waited for. */
import { constants } from 'node:fs';
import { chmod, type FileHandle, lstat, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

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

/** Removes a directory tree, the read-only parts that package managers leave included. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 2 });
  } catch (error) {
    if (!isCode(error, 'EACCES', 'EPERM', 'ENOTEMPTY')) throw error;
    await makeWritable(path);
    await rm(path, { recursive: true, force: true, maxRetries: 2 });
  }
}

/** Gives the owner every right on each directory of a tree; symlinks are not followed. */
async function makeWritable(directory: string): Promise<void> {
  const stat = await lstat(directory);
  if (!stat.isDirectory()) return;
  await chmod(directory, (stat.mode & 0o777) | 0o700);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(directory, entry.name));
  }
}

export function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
