/** Which files a problem matcher's finding may point to: those of the workflow's own repository. */
import { lstatSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { HostPath } from '../../shared/brand.ts';
import type { RepositoryFile } from '../commands/index.ts';

export interface RepositoryPlace {
  /** The job's workspace, when it is a checkout of the repository that orch itself made. */
  readonly checkout?: HostPath;
  /** Such as `https://github.com`. */
  readonly serverUrl: string;
  /** `owner/name`. */
  readonly repository: string;
}

const DEEPEST = 50;
const LARGEST_CONFIG = 1024 * 1024;

/** Looks from a file upwards for the checkout it lies in; what was found for a folder is kept. */
export function createRepositoryFiles(place: RepositoryPlace): (path: string) => RepositoryFile {
  const roots = new Map<string, string | undefined>();
  const rootOf = (directory: string, depth = 0): string | undefined => {
    if (roots.has(directory)) return roots.get(directory);
    const parent = dirname(directory);
    const root = isOwnCheckout(directory, place)
      ? directory
      : isCheckout(directory) || parent === directory || depth > DEEPEST
        ? undefined
        : rootOf(parent, depth + 1);
    roots.set(directory, root);
    return root;
  };
  return (path) => {
    if (!(look(path)?.isFile() ?? false)) return { dropped: `Dropping file value '${path}'. Path does not exist` };
    const root = rootOf(dirname(path));
    if (root === undefined) return { dropped: `Dropping file value '${path}'. Path is not under the workflow repo.` };
    return { file: relative(root, path).replaceAll(sep, '/') };
  };
}

function isCheckout(directory: string): boolean {
  return look(join(directory, '.git', 'config')) !== undefined;
}

function isOwnCheckout(directory: string, { checkout, serverUrl, repository }: RepositoryPlace): boolean {
  if (directory === checkout) return true;
  const config = join(directory, '.git', 'config');
  const stats = look(config);
  if (!stats?.isFile() || stats.size > LARGEST_CONFIG || lstatSync(config).isSymbolicLink()) return false;
  const host = URL.canParse(serverUrl) ? new URL(serverUrl).host : serverUrl;
  const urls = [`${serverUrl}/${repository}`, `${serverUrl}/${repository}.git`, `git@${host}:${repository}.git`];
  const lines = new Set(urls.map((url) => `url = ${url}`.toLowerCase()));
  return readFileSync(config, 'utf8')
    .split('\n')
    .some((line) => lines.has(line.trim().toLowerCase()));
}

/** What may not be looked at, or is named as nothing can be, is not there for us. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
