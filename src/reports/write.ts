/** Puts a report into the repository: whole or not at all, and never through a symlink that somebody planted. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from '../engine/index.ts';
import type { HostPath } from '../shared/brand.ts';
import { MachineError } from '../shared/failure.ts';
import { createDigestFold } from './digest.ts';
import { renderDigest } from './digest-markdown.ts';

/**
 * Writes `text` to `root`/`path`, making the folders on the way. A reader sees the old file or the new one.
 * `path` is relative with `/`. Throws MachineError: `unsafe-tree` when a folder on the way is a symlink or no folder,
 * `disk-full`, else `internal`.
 */
export async function writeReport(root: HostPath, path: string, text: string): Promise<void> {
  const parts = path.split('/');
  const name = parts.pop();
  if (!name || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw new Error(`not a path inside the repository: ${path}`);
  try {
    const folder = await enter(root, parts);
    await replace(join(folder, name), text);
  } catch (error) {
    throw toMachineError(error, path);
  }
}

/**
 * Two new files that their owner alone can read, and nobody is meant to change. `leftOut`: bytes that the journal beside
 * them lacks. Throws `MachineError`.
 */
export async function writeDigest(
  files: { readonly json: string; readonly markdown: string },
  events: AsyncIterable<RunEvent>,
  leftOut: number,
): Promise<void> {
  const fold = createDigestFold();
  for await (const event of events) fold.add(event);
  const digest = { ...fold.digest(), ...(leftOut === 0 ? {} : { leftOut }) };
  const texts = [
    [files.json, `${JSON.stringify(digest, null, 2)}\n`],
    [files.markdown, renderDigest(digest)],
  ] as const;
  for (const [path, text] of texts) {
    try {
      await writeFile(path, text, { flag: 'wx', mode: 0o400 });
    } catch (error) {
      throw toMachineError(error, path);
    }
  }
}

async function enter(root: string, parts: readonly string[]): Promise<string> {
  let folder = root;
  for (const part of parts) {
    folder = join(folder, part);
    await mkdir(folder).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    if (!(await lstat(folder)).isDirectory()) {
      throw new MachineError({
        code: 'unsafe-tree',
        message: `${folder} is not a folder, so no report is written through it`,
      });
    }
  }
  return folder;
}

async function replace(target: string, text: string): Promise<void> {
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  const file = await open(
    temporary,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o644,
  );
  try {
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function toMachineError(error: unknown, path: string): MachineError {
  if (error instanceof MachineError) return error;
  const full = codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT';
  const why = error instanceof Error ? error.message : String(error);
  return new MachineError(
    {
      code: full ? 'disk-full' : 'internal',
      message: `${path} could not be written: ${full ? 'the disk is full' : why}`,
    },
    { cause: error },
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
