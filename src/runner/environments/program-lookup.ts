/** Finding programs the way the system does, and saying in words why one cannot be started. */
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';

type Variables = Readonly<Record<string, string | undefined>>;

/** Where the system looks when the environment has no PATH. */
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

/** The file that `name` starts in that environment, or undefined. Relative paths start at `cwd`. */
export function which(name: string, env: Variables, cwd = process.cwd()): string | undefined {
  for (const place of candidates(name, env, cwd)) {
    if (isProgram(place)) return place;
  }
  return undefined;
}

/** The shell that commands are written for, or the system's own. */
export function findShell(env: Variables): string {
  return which('bash', env) ?? '/bin/sh';
}

/** Why a command cannot be started, in a sentence, or undefined when nothing speaks against it. */
export function whyNotStartable(program: string, env: Variables, cwd: string): string | undefined {
  if (!isDirectory(cwd)) return `the working directory ${cwd} does not exist`;
  if (program === '' || program.includes('\0')) return 'the command has no program';
  if (which(program, env, cwd) !== undefined) return undefined;
  const file = [...candidates(program, env, cwd)].find(isFile);
  if (file !== undefined) return `${file} is not executable`;
  return program.includes('/') ? `there is no file ${program}` : `there is no program ${program} in the PATH`;
}

/** The first is mostly asked for, the last hardly ever. */
function* candidates(name: string, env: Variables, cwd: string): Iterable<string> {
  if (name.includes('/')) return yield resolve(cwd, name);
  const path = env['PATH'] ?? DEFAULT_PATH;
  for (const directory of new Set(path.split(':'))) {
    yield directory.startsWith('/') ? `${directory}/${name}` : resolve(cwd, directory, name);
  }
}

function isProgram(path: string): boolean {
  if (!isFile(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  return look(path)?.isFile() ?? false;
}

function isDirectory(path: string): boolean {
  return look(path)?.isDirectory() ?? false;
}

/** A place that may not be looked at, or whose name the system refuses, holds nothing for us. */
function look(path: string): Stats | undefined {
  try {
    // The usual case is that there is nothing, and making an error takes longer than the look.
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
