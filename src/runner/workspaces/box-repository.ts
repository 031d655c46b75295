/**
 * The git repository that a box has in place of the user's: a git directory of its own, which it may do with as it
 * likes, and the user's objects to be read. Nothing in it is believed afterwards; `take-back.ts` looks at what is left.
 */
import { lchown, lstat, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostPath } from '../../shared/brand.ts';
import { isErrno } from '../../shared/errno.ts';
import { MachineError } from '../../shared/failure.ts';
import {
  alternatesOf,
  type BoxMount,
  boxFolder,
  boxGitDir,
  copyText,
  INNER_GIT,
  INNER_OBJECTS,
  mountStores,
  pointerTo,
  writeGitDir,
} from './box-layout.ts';
import { noteLoan } from './box-loans.ts';
import { type BoxModule, createModule, findModules, mountModule } from './box-modules.ts';
import { boxConfig } from './git-settings.ts';
import { readRef } from './head-file.ts';
import { packAlone } from './lone-objects.ts';
import { findStores, type ObjectStore } from './object-stores.ts';
import type { GitRepository } from './repository.ts';
import { packedRefs, publishedRefs } from './repository-files.ts';
import { exists, readRegular, removeTree, replaceFile } from './safe-files.ts';
import { isPointerIntact } from './worktree-admin.ts';
import type { WorktreeRecord } from './worktree-record.ts';

export interface BoxPlace {
  /** Who commands run as in the box. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** The path that the working tree has in there. */
  readonly workTree: string;
  /** Whether it has the objects of the start and of the commit before it alone, and no ref but its own. */
  readonly isolated?: boolean;
}

/** What a box needs to have a repository; the working tree itself is mounted before these. */
export interface BoxGit {
  readonly mounts: readonly BoxMount[];
  readonly env: Readonly<Record<string, string>>;
}

/** What a box's repository began with, kept where no box sees it. */
export interface BoxBegin {
  readonly commit: string;
  /** Ids by full name. */
  readonly refs: Readonly<Record<string, string>>;
  /** Texts of files. */
  readonly config: string;
  readonly alternates: string;
  readonly attributes?: string;
}

const SHALLOW_LIMIT = 64 * 1024 * 1024;
/** Copies that orch's own git directory has of the user's files. */
const COPIED = ['info/exclude', 'info/attributes', 'user-excludes', 'user-attributes', 'shallow'] as const;

/** Undefined when no box has been given a repository, or it was not finished. */
export async function readBegin(record: Pick<WorktreeRecord, 'index'>): Promise<BoxBegin | undefined> {
  const text = await readRegular(join(boxFolder(record), 'begin.json'), SHALLOW_LIMIT);
  return text === undefined ? undefined : (JSON.parse(text.toString('utf8')) as BoxBegin);
}

/** Makes the repository unless an earlier box of the task has it already. Throws `MachineError`. */
export async function openBoxGit(repository: GitRepository, record: WorktreeRecord, place: BoxPlace): Promise<BoxGit> {
  if (!(await isPointerIntact(record))) {
    const message = `the .git of the worktree ${record.path} was replaced: a sandbox cannot have it`;
    throw new MachineError({ code: 'setup-failed', message });
  }
  const isolated = place.isolated === true;
  const stores = isolated ? [] : await findStores(join(repository.commonDir, 'objects'));
  const modules = await findModules(record);
  for (const { path } of [...stores, ...modules.flatMap((module) => module.stores)])
    await refuseUnreadable(path, place.user);
  if ((await readBegin(record)) === undefined) await create(repository, record, { stores, modules, isolated });
  const folder = boxFolder(record);
  await own(record, place.user);
  return {
    mounts: [
      { host: hostPath(join(folder, 'git')), inner: INNER_GIT, readOnly: false },
      { host: hostPath(join(folder, 'pointer')), inner: `${place.workTree}/.git`, readOnly: true },
      ...mountStores(stores, { inner: INNER_OBJECTS, none: join(folder, 'none') }),
      ...modules.flatMap((module) => mountModule(module, { folder, workTree: place.workTree })),
    ],
    // Should the owner of the files be another one than whoever asks.
    env: { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' },
  };
}

interface Making {
  readonly stores: readonly ObjectStore[];
  readonly modules: readonly BoxModule[];
  readonly isolated: boolean;
}

async function create(
  repository: GitRepository,
  record: WorktreeRecord,
  { stores, modules, isolated }: Making,
): Promise<void> {
  const { git, commonDir, remoteUrl, objectFormat } = repository;
  const folder = boxFolder(record);
  const gitDir = boxGitDir(record);
  await removeTree(gitDir);
  await mkdir(join(gitDir, 'info'), { recursive: true });
  const copied = new Set<string>();
  const wanted = isolated ? COPIED.filter((name) => name !== 'shallow') : COPIED;
  for (const name of wanted) if (await copyText(join(git.gitDir, name), join(gitDir, name))) copied.add(name);
  const config = boxConfig(git.settings, {
    objectFormat,
    ...(copied.has('user-excludes') ? { excludesFile: `${INNER_GIT}/user-excludes` } : {}),
    ...(copied.has('user-attributes') ? { attributesFile: `${INNER_GIT}/user-attributes` } : {}),
    ...(remoteUrl === undefined ? {} : { origin: remoteUrl }),
    modules: modules.map(({ name }) => name),
  });
  const own = `refs/heads/${record.branch}`;
  const commit = (await readRef(git, commonDir, own)) ?? record.start;
  const refs = new Map(isolated ? [] : await refsFor(repository));
  refs.set(own, commit);
  const alternates = alternatesOf(stores, INNER_OBJECTS);
  const texts = { config, alternates, HEAD: `ref: ${own}\n`, 'packed-refs': packedRefs(refs) };
  await writeGitDir(gitDir, texts, [join(record.admin, 'index'), record.index]);
  if (isolated) await packAlone(repository, commit, gitDir);
  for (const module of modules) await createModule(repository, record, module);
  await writeFile(join(folder, 'pointer'), pointerTo(INNER_GIT));
  await writeFile(join(folder, 'none'), '');
  const attributes = await readRegular(join(gitDir, 'info/attributes'), SHALLOW_LIMIT);
  const begin: BoxBegin = {
    commit,
    refs: Object.fromEntries(refs),
    config,
    alternates,
    ...(attributes === undefined ? {} : { attributes: attributes.toString('utf8') }),
  };
  await replaceFile(join(folder, 'begin.json'), JSON.stringify(begin));
}

async function refsFor(repository: GitRepository): Promise<ReadonlyMap<string, string>> {
  const refs = new Map(await refsOf(repository));
  const { branch, commit } = repository.head;
  return branch === undefined ? refs : refs.set(`refs/heads/${branch}`, commit);
}

/** Asked for once a run: git has to be started for it. */
function refsOf(repository: GitRepository): Promise<ReadonlyMap<string, string>> {
  const known = published.get(repository) ?? publishedRefs(repository);
  published.set(repository, known);
  return known;
}
const published = new WeakMap<GitRepository, Promise<ReadonlyMap<string, string>>>();

/** Gives the box what is the box's, where that is another user. Only root can, and only root needs to. */
async function own(record: WorktreeRecord, user: BoxPlace['user']): Promise<void> {
  const folder = boxFolder(record);
  await noteLoan(record, user.uid);
  if (process.getuid?.() !== 0 || user.uid === (await lstat(join(folder, 'git'))).uid) return;
  for (const name of await readdir(folder))
    if (name.startsWith('pointer')) await lchown(join(folder, name), user.uid, user.gid);
  await ownBelow(join(folder, 'git'), user);
}

async function ownBelow(path: string, user: BoxPlace['user']): Promise<void> {
  await lchown(path, user.uid, user.gid);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) await ownBelow(below, user);
    else await lchown(below, user.uid, user.gid);
  }
}

async function refuseUnreadable(store: string, user: BoxPlace['user']): Promise<void> {
  for (const folder of [store, join(store, 'pack')]) {
    const found = await look(folder);
    if (found === undefined || isReadable(found, user)) continue;
    throw new MachineError({
      code: 'setup-failed',
      message: `the sandbox's user (${user.uid}) may not read the repository's objects in ${folder}`,
      hint: `run the sandbox as user ${found.uid}, or let others read them: chmod -R o+rX ${store}`,
    });
  }
}

interface Rights {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

function isReadable({ uid, gid, mode }: Rights, user: BoxPlace['user']): boolean {
  if (uid === user.uid) return true;
  return ((gid === user.gid ? mode >> 3 : mode) & 0o5) === 0o5;
}

async function look(path: string): Promise<Rights | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** So that the next box begins anew. Where there is something to keep the repository moves: its new path is returned. */
export async function clearBoxGit(record: Pick<WorktreeRecord, 'index'>, keep: boolean): Promise<string | undefined> {
  if (!(await exists(boxGitDir(record)))) return undefined;
  await rm(join(boxFolder(record), 'begin.json'), { force: true });
  if (!keep) {
    await removeTree(boxGitDir(record));
    return undefined;
  }
  for (let number = 1; ; number++) {
    const to = join(boxFolder(record), `kept-${number}`);
    if (await exists(to)) continue;
    await rename(boxGitDir(record), to);
    return to;
  }
}

/** Removes all of it, what was kept included. */
export async function removeBoxGit(record: Pick<WorktreeRecord, 'index'>): Promise<void> {
  await removeTree(boxFolder(record));
}

/** Whether repositories of earlier boxes were moved to be kept. */
export async function hasKeptBoxGit(record: Pick<WorktreeRecord, 'index'>): Promise<boolean> {
  return exists(join(boxFolder(record), 'kept-1'));
}
