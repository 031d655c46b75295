/**
 * Submodules of a working tree: checked out from the objects that the main checkout has, without network, and their
 * new commits brought back there before anything records them.
 */

import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../../shared/errno.ts';
import type { Failure } from '../../shared/failure.ts';
import { bytePath, show, splitFields } from './bytes.ts';
import { readHead } from './head-file.ts';
import { importObjects, OddObjects } from './import-objects.ts';
import type { GitRepository } from './repository.ts';
import { exists, isRegular, readLine, readRegular } from './safe-files.ts';
import { GITLINK } from './tree-diff.ts';
import { createTrustedGit, type TrustedGit } from './trusted-git.ts';

export interface Submodule {
  readonly name: string;
  readonly path: string;
  /** The commit that the tree records; absent for one that a task has just added. */
  readonly commit?: string;
}

export interface SubmodulePlace {
  readonly workTree: string;
  readonly index: string;
  /** The worktree's own git directory; its submodules' lie below `modules/`, where git itself puts them. */
  readonly admin: string;
}

/** The submodules that `.gitmodules` in the working tree declares, malformed and escaping ones left out. */
export async function declaredSubmodules(git: TrustedGit, workTree: string): Promise<readonly Submodule[]> {
  return (await declared(git, workTree)).filter(({ name, path }) => isInside(name) && isInside(path));
}

/** Those with a name or a path that leads out of the working tree, or into a git directory. */
export async function escapingSubmodules(git: TrustedGit, workTree: string): Promise<readonly Submodule[]> {
  return (await declared(git, workTree)).filter(({ name, path }) => !isInside(name) || !isInside(path));
}

async function declared(git: TrustedGit, workTree: string): Promise<readonly Submodule[]> {
  const text = await readRegular(join(workTree, '.gitmodules'), 1024 * 1024);
  if (text === undefined || text.length === 0) return [];
  const output = await git.run(['config', '-f', '-', '-z', '--get-regexp', '^submodule\\..*\\.path$'], {
    input: text,
    codes: [0, 1, 3, 128],
  });
  const found: Submodule[] = [];
  for (const entry of output.stdout.toString('utf8').split('\0')) {
    const [key, path] = entry.split('\n');
    const name = key?.replace(/^submodule\./, '').replace(/\.path$/, '');
    if (name && path) found.push({ name, path });
  }
  return found;
}

function isInside(path: string): boolean {
  const parts = path.split('/');
  return (
    !path.startsWith('-') &&
    parts.every((part) => part !== '' && part !== '..' && part !== '.' && part.toLowerCase() !== '.git')
  );
}

/** Fills the directories of the submodules. What cannot be had without network stays empty, with a warning. */
export async function openSubmodules(
  repository: GitRepository,
  place: SubmodulePlace,
): Promise<{ readonly submodules: readonly Submodule[]; readonly warnings: readonly string[] }> {
  const declared = await declaredSubmodules(repository.git, place.workTree);
  if (declared.length === 0) return { submodules: [], warnings: [] };
  const recorded = await gitlinks(repository.git, place);
  const submodules: Submodule[] = [];
  const warnings: string[] = [];
  for (const { name, path } of declared) {
    const commit = recorded.get(bytePath(path));
    if (commit === undefined) continue;
    const store = await storeOf(repository, name, path);
    if (store !== undefined && (await checkOut(repository.git, place, { name, path, commit }, store))) {
      submodules.push({ name, path, commit });
      if (await exists(join(place.workTree, path, '.gitmodules'))) {
        warnings.push(`the submodule ${path} has submodules of its own, which stay empty`);
      }
    } else
      warnings.push(
        `the submodule ${path} stays empty: its commit is not in the main checkout (git submodule update --init)`,
      );
  }
  return { submodules, warnings };
}

async function gitlinks(git: TrustedGit, place: SubmodulePlace): Promise<ReadonlyMap<string, string>> {
  const output = await git.run(['ls-files', '-s', '-z'], { workTree: place.workTree, index: place.index });
  const found = new Map<string, string>();
  for (const entry of splitFields(output.stdout)) {
    if (!entry.startsWith(GITLINK)) continue;
    const tab = entry.indexOf('\t');
    found.set(entry.slice(tab + 1), entry.slice(0, tab).split(' ')[1] ?? '');
  }
  return found;
}

/** The git directory that the main checkout has for a submodule. */
async function storeOf(repository: GitRepository, name: string, path: string): Promise<string | undefined> {
  const places = [
    join(repository.gitDir, 'modules', name),
    join(repository.commonDir, 'modules', name),
    join(repository.root, path, '.git'),
  ];
  for (const place of places) {
    if (await isDirectory(join(place, 'objects'))) return place;
  }
  return undefined;
}

async function checkOut(git: TrustedGit, place: SubmodulePlace, submodule: Submodule, store: string): Promise<boolean> {
  const commit = submodule.commit ?? '';
  const has = await git.run(['cat-file', '-e', `${commit}^{tree}`], {
    objects: join(store, 'objects'),
    codes: [0, 1, 128],
  });
  if (has.code !== 0) return false;
  const gitDir = join(place.admin, 'modules', submodule.name);
  const workTree = join(place.workTree, submodule.path);
  await mkdir(workTree, { recursive: true });
  await makeGitDir(gitDir, git.objectFormat, workTree);
  await writeFile(join(gitDir, 'objects', 'info', 'alternates'), `${join(store, 'objects')}\n`);
  await writeFile(join(gitDir, 'HEAD'), `${commit}\n`);
  await writeFile(join(workTree, '.git'), `gitdir: ${gitDir}\n`);
  const index = join(gitDir, 'index');
  await git.run(['read-tree', '--reset', '-u', commit], { workTree, index, objects: join(gitDir, 'objects') });
  return true;
}

async function makeGitDir(gitDir: string, format: 'sha1' | 'sha256', workTree?: string): Promise<void> {
  await mkdir(join(gitDir, 'objects', 'info'), { recursive: true });
  await mkdir(join(gitDir, 'refs', 'heads'), { recursive: true });
  const core = [`repositoryformatversion = ${format === 'sha256' ? 1 : 0}`, 'filemode = true', 'bare = false'];
  if (workTree !== undefined) core.push(`worktree = ${JSON.stringify(workTree)}`);
  const extensions = format === 'sha256' ? '[extensions]\n\tobjectformat = sha256\n' : '';
  await writeFile(join(gitDir, 'config'), `[core]\n${core.map((line) => `\t${line}\n`).join('')}${extensions}`);
}

export interface SubmoduleState {
  /** The commit checked out; absent when the task removed the submodule. */
  readonly commit?: string;
  readonly problem?: Failure;
}

/** Looks at a submodule as the task left it and brings new commits back to the main checkout's store. */
export async function captureSubmodule(
  repository: GitRepository,
  place: SubmodulePlace,
  submodule: Submodule,
  keepRef: string,
): Promise<SubmoduleState> {
  const workTree = join(place.workTree, submodule.path);
  const unchanged = submodule.commit === undefined ? {} : { commit: submodule.commit };
  if (!(await isDirectory(workTree))) return {};
  const gitDir = join(place.admin, 'modules', submodule.name);
  const pointer = await readLine(join(workTree, '.git'));
  if (pointer === undefined && !(await exists(join(workTree, '.git')))) return unchanged;
  if (pointer !== `gitdir: ${gitDir}` && !(await pointsAt(pointer, workTree, gitDir))) {
    return {
      ...unchanged,
      problem: unsafe(`the submodule ${submodule.path} was replaced by another repository`, submodule.path),
    };
  }
  const objects = join(gitDir, 'objects');
  const index = join(gitDir, 'index');
  const commit = await headCommit(gitDir);
  if (commit === undefined || !(await isRegular(index)) || !(await isCommit(repository.git, objects, commit))) {
    return {
      ...unchanged,
      problem: unsafe(`the submodule ${submodule.path} has no readable HEAD or index`, submodule.path),
    };
  }
  const odd = await bringBack(repository, submodule, { objects, commit }, keepRef);
  if (odd !== undefined) return { ...unchanged, problem: odd };
  const changed = await repository.git.run(['diff', '--no-ext-diff', '--no-textconv', '--name-only', '-z', commit], {
    workTree,
    objects,
    index,
  });
  const files = splitFields(changed.stdout).map((file) => `${submodule.path}/${show(file)}`);
  if (files.length === 0) return { commit };
  const message = `the submodule ${submodule.path} has changes that were not committed in it`;
  return { commit, problem: { code: 'unsafe-tree', message, hint: 'commit inside the submodule', details: files } };
}

/** Git writes relative pointers when it adds a submodule itself. */
async function pointsAt(pointer: string | undefined, workTree: string, gitDir: string): Promise<boolean> {
  const target = /^gitdir: (.+)$/.exec(pointer ?? '')?.[1];
  return target !== undefined && join(workTree, target) === gitDir && isDirectory(gitDir);
}

/** Follows one symbolic step, inside the submodule's own git directory. */
async function headCommit(gitDir: string): Promise<string | undefined> {
  const head = await readHead(gitDir);
  if (head?.ref === undefined) return head?.commit;
  const loose = await readLine(join(gitDir, head.ref));
  if (loose !== undefined) return /^[0-9a-f]+$/.test(loose) ? loose : undefined;
  const packed = (await readRegular(join(gitDir, 'packed-refs'), 64 * 1024 * 1024))?.toString('utf8') ?? '';
  return packed
    .split('\n')
    .find((line) => line.endsWith(` ${head.ref}`))
    ?.split(' ')[0];
}

async function isCommit(git: TrustedGit, objects: string, id: string): Promise<boolean> {
  return (await git.run(['cat-file', '-e', `${id}^{commit}`], { objects, codes: [0, 1, 128] })).code === 0;
}

/**
 * Brings what is new, every object checked on the way: the task could have written anything into its store. Returns what
 * is wrong with it.
 */
async function bringBack(
  repository: GitRepository,
  submodule: Submodule,
  from: { readonly objects: string; readonly commit: string },
  keepRef: string,
): Promise<Failure | undefined> {
  if (from.commit === submodule.commit) return undefined;
  const { objectFormat } = repository;
  const known = await storeOf(repository, submodule.name, submodule.path);
  const store = known ?? join(repository.commonDir, 'modules', submodule.name);
  if (known === undefined) {
    await makeGitDir(store, objectFormat);
    await writeFile(join(store, 'HEAD'), `${from.commit}\n`);
  }
  try {
    await importObjects(repository.git, {
      from: from.objects,
      into: join(store, 'objects'),
      scratch: join(repository.commonDir, 'orch'),
      commits: [from.commit],
      known: submodule.commit,
    });
  } catch (error) {
    if (!(error instanceof OddObjects)) throw error;
    return unsafe(`the submodule ${submodule.path} has no readable commit: ${error.message}`, submodule.path);
  }
  const storeGit = await createTrustedGit({ commonDir: store, objectFormat, settings: new Map() });
  try {
    await storeGit.run(['update-ref', `refs/orch/${keepRef}`, from.commit]);
  } finally {
    await storeGit.dispose();
  }
  return undefined;
}

function unsafe(message: string, path: string): Failure {
  return { code: 'unsafe-tree', message, details: [path] };
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return false;
    throw error;
  }
}
