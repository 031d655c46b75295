/** The command files of one step on disk: new and empty before it, read after it whatever its end. */
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { isErrno } from '../../shared/errno.ts';
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
  read(platform: NodeJS.Platform): readonly CommandEffect[];
  /** They are removed when there is time. */
  giveBack(): void;
}

export interface CommandFiles {
  take(): CommandFileSet;
  /** To be called while a step runs: makes the files for the next one, and removes those that were given back. */
  useTime(): void;
}

/**
 * `temp` is RUNNER_TEMP on this machine. Without waiting: the files are tiny, and a trip to a thread and back for each
 * call takes longer than a small step. `forAnyUser`: an image's user may be any.
 */
export function createCommandFiles(temp: HostPath, forAnyUser = false): CommandFiles {
  const old: string[] = [];
  let spare: CommandFileSet | undefined;
  const create = (): CommandFileSet => createSet(temp, forAnyUser, (paths) => void old.push(...paths));
  return {
    take: () => {
      const set = spare;
      spare = undefined;
      // The step before may have emptied the directory, or written to what was not yet its successor's.
      return set !== undefined && Object.values(set.paths).every(isEmptyFile) ? set : create();
    },
    useTime: () => {
      for (const path of old.splice(0)) removeFile(path);
      spare ??= create();
    },
  };
}

function createSet(temp: HostPath, forAnyUser: boolean, giveBack: (paths: readonly string[]) => void): CommandFileSet {
  const id = randomUUID();
  const directory = hostPath(join(temp, '_runner_file_commands'));
  mkdirSync(directory, { recursive: true });
  const home = identityOf(directory);
  const paths = Object.fromEntries(
    COMMAND_FILES.map(({ name, prefix }) => [name, hostPath(join(directory, `${prefix}${id}`))]),
  ) as Record<CommandFile, HostPath>;
  for (const path of Object.values(paths)) {
    writeFileSync(path, '', { flag: 'wx' });
    if (forAnyUser) chmodSync(path, 0o666);
  }
  return {
    paths,
    read: (platform) => {
      // A step in a container must not make us read a file of the host by a link.
      const now = identityOf(directory);
      // One that was removed leaves nothing to be read, and that is no mistake.
      const moved = now === 'other' || (now !== home && now !== 'missing');
      const effects: CommandEffect[] = [];
      for (const { name } of COMMAND_FILES) {
        const content = moved ? `The folder of ${paths[name]} is a link` : readContent(name, paths[name]);
        if (typeof content === 'string') effects.push(...fileFailed(name, content));
        else if (content !== undefined)
          for (const effect of readCommandFile(name, content, platform)) effects.push(effect);
      }
      return effects;
    },
    giveBack: () => giveBack(Object.values(paths)),
  };
}

/** Which folder it is, however it is reached. */
function identityOf(directory: string): string {
  const stats = lstatSync(directory, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return 'missing';
  return stats.isDirectory() ? `${stats.dev}:${stats.ino}` : 'other';
}

/** Undefined when there is nothing to read or the step has removed the file, a sentence when it made something else of it. */
function readContent(name: CommandFile, path: HostPath): FileContent | string | undefined {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    if (isEmptyFile(path)) return undefined;
    // Without O_NONBLOCK the opening of a named pipe would wait for its writer.
    const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      return readBounded(file, path, name === 'step_summary' ? MAX_SUMMARY : MAX_COMMAND_FILE);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return error.code === 'ENOENT' ? undefined : `The file ${path} cannot be read: ${error.message}`;
  }
}

function isEmptyFile(path: string): boolean {
  const seen = lstatSync(path, { throwIfNoEntry: false });
  return seen?.isFile() === true && seen.size === 0;
}

function readBounded(file: number, path: string, limit: number): FileContent | string {
  const stats = fstatSync(file);
  if (!stats.isFile()) return `${path} is no regular file`;
  if (stats.size > limit) return { size: stats.size, bytes: new Uint8Array() };
  // Something that the step left running may still write.
  const bytes = Buffer.alloc(stats.size);
  let length = 0;
  for (let read = 1; read > 0 && length < bytes.length; length += read) {
    read = readSync(file, bytes, length, bytes.length - length, length);
  }
  return { size: length, bytes: bytes.subarray(0, length) };
}

function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    // The step made something else of it.
    rmSync(path, { recursive: true, force: true });
  }
}
