/** Where the objects of a repository lie: its own folder, and those that its `alternates` name, as far as they go. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isErrno } from '../../shared/errno.ts';
import { readRegular } from './safe-files.ts';

export interface ObjectStore {
  readonly path: string;
  /** Whether it names others. */
  readonly hasAlternates: boolean;
}

/** Git itself goes no deeper. */
const DEPTH = 5;
const LIMIT = 1024 * 1024;

/** The folder itself first; one that is named and not there is left out. */
export async function findStores(objects: string): Promise<readonly ObjectStore[]> {
  const found = new Map<string, ObjectStore>();
  let next = [objects];
  for (let depth = 0; depth <= DEPTH && next.length > 0; depth++) {
    const named: string[] = [];
    for (const path of next) {
      if (found.has(path) || !(await isDirectory(path))) continue;
      const text = await readRegular(join(path, 'info', 'alternates'), LIMIT);
      found.set(path, { path, hasAlternates: text !== undefined });
      named.push(...namedIn(text?.toString('utf8') ?? '').map((other) => resolve(path, other)));
    }
    next = named;
  }
  return [...found.values()];
}

function namedIn(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map(unquote);
}

function unquote(line: string): string {
  if (!line.startsWith('"') || !line.endsWith('"')) return line;
  return line.slice(1, -1).replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return false;
    throw error;
  }
}
