/** What orch remembers of each working tree, on disk, so that a later process finds all of them after a crash. */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { isErrno } from '../../shared/errno.ts';
import { MachineError } from '../../shared/failure.ts';
import type { BytePath } from './bytes.ts';
import { expandHome } from './git-settings.ts';
import { isRefName } from './head-file.ts';
import { isIdentity, type ProcessIdentity, thisProcess } from './process-identity.ts';
import type { GitRepository } from './repository.ts';
import { readRegular, replaceFile } from './safe-files.ts';
import type { Submodule } from './submodules.ts';

export interface WorktreeRecord {
  readonly version: 1;
  /** `creating` until the tree is complete: no task has seen it, and it may be wiped. */
  readonly state: 'creating' | 'ready' | 'kept';
  readonly run: string;
  /** What the branch is called below the run. */
  readonly leg: string;
  /** Short name. */
  readonly branch: string;
  readonly start: string;
  readonly path: string;
  /** The worktree's own git directory, below the repository's `worktrees/`. */
  readonly admin: string;
  /** Orch's own index of it. */
  readonly index: string;
  /** ISO 8601. */
  readonly created: string;
  readonly owner: ProcessIdentity;
  readonly submodules: readonly Submodule[];
  /** Bytes as latin1: what was copied or linked into it. */
  readonly shared: readonly string[];
  readonly warnings: readonly string[];
}

/** Where everything of a branch `<prefix>/<run>/<leg>` goes. Throws `MachineError` for a name that is no branch. */
export function placeWorktree(
  repository: GitRepository,
  branch: string,
  root: string | undefined,
): Omit<WorktreeRecord, 'state' | 'start' | 'created' | 'submodules' | 'shared' | 'warnings'> {
  const parts = branch.split('/');
  if (!isRefName(`refs/heads/${branch}`) || branch.startsWith('-') || parts.length < 2) {
    throw new MachineError({ code: 'internal', message: `"${branch}" cannot be the branch of a run's job` });
  }
  const leg = parts.slice(parts.length > 2 ? 2 : 1).join('/');
  const run = parts[parts.length > 2 ? 1 : 0] ?? '';
  const registry = join(repository.commonDir, 'orch', 'worktrees', fileName(run));
  return {
    version: 1,
    run,
    leg,
    branch,
    path: join(worktreeRoot(repository, root), fileName(run), fileName(leg)),
    admin: join(repository.commonDir, 'worktrees', `orch-${fileName(run)}-${fileName(leg)}`),
    index: join(registry, `${fileName(leg)}.index`),
    owner: thisProcess(),
  };
}

type Place = Pick<GitRepository, 'root' | 'commonDir'>;

/** The directory that worktrees are made in. What is configured may be relative to the repository's root, or begin with `~/`. */
export function worktreeRoot(repository: Place, configured: string | undefined): string {
  if (configured === undefined) return defaultRoot(repository);
  return resolve(repository.root, expandHome(configured, home()));
}

/** `~/.cache/orch/worktrees/<repository>-<hash>`: outside the repository, since tools find their way out of nested ones. */
function defaultRoot(repository: Place): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(home(), '.cache');
  const hash = createHash('sha256').update(repository.commonDir).digest('hex').slice(0, 8);
  return join(resolve(cache), 'orch', 'worktrees', `${fileName(basename(repository.root))}-${hash}`);
}

function home(): string {
  return process.env['HOME'] || homedir();
}

/** A name that is one path component everywhere; what is cut or replaced is made up for by a hash. */
function fileName(name: string): string {
  const plain = name
    .replace(/[^A-Za-z0-9._+-]/g, '_')
    .replace(/^[.-]/, '_')
    .slice(0, 80);
  return plain === name ? name : `${plain}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

function fileOf(index: string): string {
  return index.replace(/\.index$/, '.json');
}

export async function readRecord(index: string): Promise<WorktreeRecord | undefined> {
  const text = await readRegular(fileOf(index), 64 * 1024 * 1024);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text.toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export async function writeRecord(record: WorktreeRecord): Promise<void> {
  const file = fileOf(record.index);
  mkdirSync(dirname(file), { recursive: true });
  await replaceFile(file, JSON.stringify(record));
}

/** Call it under the repository's lock: the directory of the run goes with the last record, while another may be made. */
export async function removeRecord(record: Pick<WorktreeRecord, 'index'>): Promise<void> {
  rmSync(record.index, { force: true });
  rmSync(fileOf(record.index), { force: true });
  await removeIfEmpty(dirname(record.index));
}

/** All working trees that orch has made in this repository and not removed, oldest first. */
export async function listRecords(repository: GitRepository): Promise<readonly WorktreeRecord[]> {
  const registry = join(repository.commonDir, 'orch', 'worktrees');
  const records: WorktreeRecord[] = [];
  for (const run of await names(registry)) {
    for (const file of await names(join(registry, run))) {
      if (!file.endsWith('.json')) continue;
      const record = await readRecord(join(registry, run, file.replace(/json$/, 'index')));
      if (record !== undefined) records.push(record);
    }
  }
  return records.sort((a, b) => (a.created < b.created ? -1 : 1));
}

export async function removeIfEmpty(directory: string): Promise<void> {
  try {
    rmdirSync(directory);
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR')) throw error;
  }
}

async function names(directory: string): Promise<readonly string[]> {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

function isRecord(value: unknown): value is WorktreeRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record: Partial<Record<keyof WorktreeRecord, unknown>> = value;
  const texts = [
    record.run,
    record.leg,
    record.branch,
    record.start,
    record.path,
    record.admin,
    record.index,
    record.created,
  ];
  const lists = [record.submodules, record.shared, record.warnings];
  const state = record.state === 'creating' || record.state === 'ready' || record.state === 'kept';
  return record.version === 1 && state && isIdentity(record.owner) && texts.every(isText) && lists.every(Array.isArray);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

export function sharedPaths(record: WorktreeRecord): readonly BytePath[] {
  return record.shared.map((path) => path as BytePath);
}
