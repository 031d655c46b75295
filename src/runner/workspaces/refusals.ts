/** Which changes of a working tree must not be recorded, and what is said of them. */
import type { Failure } from '../../shared/failure.ts';
import { type BytePath, bytePath, isBelow, show } from './bytes.ts';
import { filteredChanges } from './filters.ts';
import type { GitRepository } from './repository.ts';
import type { TreeScan } from './scan.ts';
import { escapingSubmodules } from './submodules.ts';
import { escapingLinks } from './symlinks.ts';
import { GITLINK, SYMLINK, type TreeChange } from './tree-diff.ts';
import type { GitPlace } from './trusted-git.ts';

export interface Recorded {
  readonly workTree: string;
  /** Orch's own index. */
  readonly index: string;
  /** Never recorded; directories mean all below. */
  readonly excluded: readonly BytePath[];
}

interface Found {
  readonly scan: TreeScan;
  readonly changes: readonly TreeChange[];
  readonly declared: ReadonlySet<string>;
}

/** The changes that must not be recorded; each kind is reported as one problem, save the shared paths. */
export async function refuse(
  repository: GitRepository,
  request: Recorded,
  found: Found,
  problems: Failure[],
): Promise<ReadonlySet<TreeChange>> {
  const refused = new Set<TreeChange>();
  const excluded = new Set<string>(request.excluded);
  for (const change of found.changes) {
    if (change.oldMode === '000000' && isBelow(change.path, excluded)) refused.add(change);
  }
  const links = found.changes.filter(
    (change) => change.newMode === GITLINK && !found.declared.has(change.path) && !refused.has(change),
  );
  // Git's own check of embedded repositories comes before; this is for what slipped past it, such as a race.
  if (links.length > 0) problems.push(unsafe('links to repositories that are no submodules', links.map(pathOf)));
  const symlinks = found.changes.filter((change) => change.newMode === SYMLINK && !refused.has(change));
  const escaping = await escapingLinks(repository.git, symlinks);
  if (escaping.length > 0) problems.push(unsafe('symlinks that lead out of the working tree', escaping.map(pathOf)));
  const place: GitPlace = { workTree: request.workTree, index: request.index };
  const filtered = await filteredChanges(repository, place, found.scan.attributes, found.changes);
  if (filtered.length > 0) {
    const paths = filtered.map(pathOf);
    problems.push({
      code: 'filter-unsupported',
      message: `${count(paths)} under a git filter that orch does not run`,
      details: paths,
    });
  }
  const modules = await escapingModules(repository, request, found.changes);
  if (modules.names.length > 0)
    problems.push(unsafe('submodules with a name or path that leads out of it', modules.names));
  for (const change of [...links, ...escaping, ...filtered, ...modules.changes]) refused.add(change);
  return refused;
}

/** Only what the task itself has declared: what was there before is passed by, wherever it leads. */
async function escapingModules(
  repository: GitRepository,
  { workTree }: Recorded,
  changes: readonly TreeChange[],
): Promise<{ readonly names: readonly string[]; readonly changes: readonly TreeChange[] }> {
  const change = changes.find(({ path, status }) => path === '.gitmodules' && status !== 'deleted');
  if (change === undefined) return { names: [], changes: [] };
  const names = (await escapingSubmodules(repository.git, workTree)).map(({ name, path }) =>
    bytePath(`${name} at ${path}`),
  );
  return { names, changes: names.length > 0 ? [change] : [] };
}

function pathOf(change: TreeChange): string {
  return show(change.path);
}

/** The tree holds what no commit may. */
export function unsafe(what: string, paths: readonly string[], hint?: string): Failure {
  const details = paths.map((path) => show(path as BytePath));
  const failure: Failure = { code: 'unsafe-tree', message: `the working tree holds ${what}`, details };
  return hint === undefined ? failure : { ...failure, hint };
}

function count(paths: readonly string[]): string {
  return paths.length === 1 ? `${paths[0]} is` : `${paths.length} changed files are`;
}
