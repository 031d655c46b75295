/** The root of the working tree and the config in it, found without git: for commands that only read files. */
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { DEFAULT_CONFIG } from '../shared/default-config.ts';

/** The nearest directory at or above `from` that is the root of a working tree; undefined outside of any. */
export function findRoot(from: string): string | undefined {
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    if (existsSync(join(directory, '.git'))) return directory;
    if (dirname(directory) === directory) return undefined;
  }
}

/** The config file as people would type it from here: the one they named, or the default one of the repository. */
export function configFile(root: string, named: string | undefined): string {
  const path = named === undefined ? resolve(root, DEFAULT_CONFIG) : resolve(named);
  const short = relative(process.cwd(), path);
  return short.startsWith('..') && short.split('/').filter((part) => part === '..').length > 2 ? path : short;
}
