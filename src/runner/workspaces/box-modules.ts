/** Submodules in a box: each has a git directory of its own there as well, below that of the box's repository. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostPath } from '../../shared/brand.ts';
import type { Failure } from '../../shared/failure.ts';
import {
  alternatesOf,
  type BoxMount,
  boxFolder,
  boxGitDir,
  INNER_GIT,
  mountStores,
  pointerTo,
  writeGitDir,
} from './box-layout.ts';
import { boxConfig } from './git-settings.ts';
import { readHead } from './head-file.ts';
import { importObjects, OddObjects } from './import-objects.ts';
import { findStores, type ObjectStore } from './object-stores.ts';
import { OddRefs, readPlainRefs } from './plain-refs.ts';
import type { GitRepository } from './repository.ts';
import { isPlainFolder, readLine, replaceFile } from './safe-files.ts';
import type { WorktreeRecord } from './worktree-record.ts';

export interface BoxModule {
  readonly name: string;
  readonly path: string;
  /** What the tree records of it. */
  readonly commit: string;
  /** The git directory that it has out here. */
  readonly gitDir: string;
  readonly stores: readonly ObjectStore[];
  readonly number: number;
}

/** The submodules of the worktree whose `.git` is the one that orch has put there. */
export async function findModules(record: WorktreeRecord): Promise<readonly BoxModule[]> {
  const found: BoxModule[] = [];
  for (const [number, { name, path, commit }] of record.submodules.entries()) {
    const gitDir = join(record.admin, 'modules', name);
    if (commit === undefined || !(await isPlainFolder(record.path, path))) continue;
    if ((await readLine(join(record.path, path, '.git'))) !== pointerTo(gitDir).trim()) continue;
    found.push({ name, path, commit, gitDir, number, stores: await findStores(join(gitDir, 'objects')) });
  }
  return found;
}

export async function createModule(
  { git, objectFormat }: GitRepository,
  record: WorktreeRecord,
  module: BoxModule,
): Promise<void> {
  const head = await readHead(module.gitDir);
  const texts = {
    config: boxConfig(git.settings, { objectFormat }),
    HEAD: `${head?.commit ?? module.commit}\n`,
    'packed-refs': '',
    alternates: alternatesOf(module.stores, innerObjects(module)),
  };
  await writeGitDir(join(boxGitDir(record), 'modules', module.name), texts, [join(module.gitDir, 'index')]);
  await writeFile(join(boxFolder(record), pointerName(module)), pointerTo(`${INNER_GIT}/modules/${module.name}`));
}

export function mountModule(
  module: BoxModule,
  { folder, workTree }: { readonly folder: string; readonly workTree: string },
): readonly BoxMount[] {
  const pointer = hostPath(join(folder, pointerName(module)));
  return [
    { host: pointer, inner: `${workTree}/${module.path}/.git`, readOnly: true },
    ...mountStores(module.stores, { inner: innerObjects(module), none: join(folder, 'none') }),
  ];
}

function pointerName({ number }: BoxModule): string {
  return `pointer-${number}`;
}

function innerObjects({ number }: BoxModule): string {
  return `/__o/modules/${number}`;
}

/** Brings what was committed in submodules to where a task on this machine would have committed it. */
export async function takeBackModules(repository: GitRepository, record: WorktreeRecord): Promise<readonly Failure[]> {
  const problems: Failure[] = [];
  for (const module of await findModules(record)) {
    try {
      await takeBackModule(repository, record, module);
    } catch (error) {
      if (!(error instanceof OddRefs || error instanceof OddObjects)) throw error;
      const message = `the commits made in the submodule ${module.path} in the sandbox cannot be taken over: ${error.message}`;
      problems.push({ code: 'unsafe-tree', message, details: [module.path] });
    }
  }
  return problems;
}

async function takeBackModule({ git }: GitRepository, record: WorktreeRecord, module: BoxModule): Promise<void> {
  if (!(await isPlainFolder(boxGitDir(record), `modules/${module.name}`)))
    throw new OddRefs('its git directory is gone');
  const theirs = join(boxGitDir(record), 'modules', module.name);
  const { head, refs } = await readPlainRefs(theirs, git.nullId.length);
  const commit = head.ref === undefined ? head.commit : refs.get(head.ref);
  if (commit === undefined || commit === (await readHead(module.gitDir))?.commit) return;
  const objects = join(module.gitDir, 'objects');
  await importObjects(git, {
    from: join(theirs, 'objects'),
    into: objects,
    scratch: boxFolder(record),
    commits: [commit],
    known: module.commit,
  });
  await replaceFile(join(module.gitDir, 'HEAD'), `${commit}\n`);
  await git.run(['read-tree', commit], { index: join(module.gitDir, 'index'), objects });
}
