/** The command files of one step on disk: new and empty before it, read after it whatever its end. */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import {
  COMMAND_FILES,
  type CommandEffect,
  type CommandFile,
  type FileContent,
  fileFailed,
  MAX_COMMAND_FILE,
  MAX_SUMMARY,
  readCommandFile,
} from '../commands/index.ts';

export interface CommandFileSet {
  /** For the `github` context, by GitHub's names. */
  readonly paths: Readonly<Record<CommandFile, HostPath>>;
  /** What the step left in them; a file that cannot be read fails the step and the others count. */
  read(platform: NodeJS.Platform): Promise<readonly CommandEffect[]>;
  remove(): Promise<void>;
}

/** `temp` is RUNNER_TEMP on this machine; `id` makes the names unique. */
export async function createCommandFiles(temp: HostPath, id: string): Promise<CommandFileSet> {
  const directory = hostPath(join(temp, '_runner_file_commands'));
  await mkdir(directory, { recursive: true });
  const home = await realpath(directory);
  const paths = Object.fromEntries(
    COMMAND_FILES.map(({ name, prefix }) => [name, hostPath(join(directory, `${prefix}${id}`))]),
  ) as Record<CommandFile, HostPath>;
  for (const path of Object.values(paths)) await writeFile(path, '', { flag: 'wx' });
  return {
    paths,
    read: async (platform) => {
      const effects: CommandEffect[] = [];
      for (const { name } of COMMAND_FILES) {
        const content = await readContent(name, paths[name], home);
        if (typeof content === 'string') effects.push(...fileFailed(name, content));
        else if (content !== undefined)
          for (const effect of readCommandFile(name, content, platform)) effects.push(effect);
      }
      return effects;
    },
    remove: async () => {
      for (const path of Object.values(paths)) await rm(path, { recursive: true, force: true });
    },
  };
}

/** Undefined when the step has removed the file, a sentence when it made something else of it. */
async function readContent(name: CommandFile, path: HostPath, home: string): Promise<FileContent | string | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    // A step in a container must not make us read a file of the host by a link.
    if ((await realpath(join(path, '..'))) !== home) return `The folder of ${path} is a link`;
    // Without O_NONBLOCK the opening of a named pipe would wait for its writer.
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      return await readBounded(file, path, name === 'step_summary' ? MAX_SUMMARY : MAX_COMMAND_FILE);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return error.code === 'ENOENT' ? undefined : `The file ${path} cannot be read: ${error.message}`;
  }
}

async function readBounded(file: FileHandle, path: string, limit: number): Promise<FileContent | string> {
  const stats = await file.stat();
  if (!stats.isFile()) return `${path} is no regular file`;
  if (stats.size > limit) return { size: stats.size, bytes: new Uint8Array() };
  // Something that the step left running may still write.
  const bytes = Buffer.alloc(stats.size);
  let length = 0;
  for (let read = 1; read > 0 && length < bytes.length; length += read) {
    read = (await file.read(bytes, length, bytes.length - length, length)).bytesRead;
  }
  return { size: length, bytes: bytes.subarray(0, length) };
}
