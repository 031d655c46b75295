/** Clears away working trees that runs have left behind; what is not committed in them is committed first. */

import { lstatSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isErrno } from '../../shared/errno.ts';
import type { Failure } from '../../shared/failure.ts';
import { MachineError } from '../../shared/failure.ts';
import { boxFolder } from './box-layout.ts';
import { removeBoxGit } from './box-repository.ts';
import { childPath, locate } from './bytes.ts';
import { readRef } from './head-file.ts';
import { commitTree, isAncestor } from './history.ts';
import { guard } from './machine-failure.ts';
import { createPace, type Pace } from './pace.ts';
import { moveBranch } from './refs.ts';
import type { GitRepository } from './repository.ts';
import { leftovers } from './reset.ts';
import { exists, removeTree } from './safe-files.ts';
import { attachWorktree } from './worktree.ts';
import { removeAdmin } from './worktree-admin.ts';
import { listRecords, removeRecord, type WorktreeRecord } from './worktree-record.ts';

export interface SweepRequest {
  /** Which runs' worktrees to take; all unless said. Never name one that is still going on. */
  readonly runs?: (run: string) => boolean;
  /** Only tell. */
  readonly dryRun?: boolean;
  /** Remove even what holds things that cannot be committed, such as embedded repositories. */
  readonly force?: boolean;
}

export interface SweptWorktree {
  readonly run: string;
  readonly leg: string;
  readonly branch: string;
  readonly path: string;
  /** ISO 8601. */
  readonly created: string;
  readonly bytes: number;
  readonly removed: boolean;
  /** The commit on the branch that holds what was not committed. */
  readonly saved?: string;
  /** Why it was not removed. */
  readonly problem?: Failure;
}

type Outcome = Pick<SweptWorktree, 'removed' | 'saved' | 'problem'>;

/** One result for each worktree, oldest first. Branches always stay; one worktree's trouble does not stop the others. */
export async function sweepWorktrees(
  repository: GitRepository,
  request: SweepRequest = {},
): Promise<readonly SweptWorktree[]> {
  const { runs = () => true, dryRun = false } = request;
  const records = await listRecords(repository);
  const swept: (SweptWorktree | undefined)[] = [];
  const waiting = records.entries();
  const work = async (): Promise<void> => {
    for (const [index, record] of waiting) {
      if (!runs(record.run)) continue;
      const { run, leg, branch, path, created } = record;
      const bytes = (await diskUse(path)) + (await diskUse(leftovers(path))) + (await diskUse(boxFolder(record)));
      const outcome = dryRun ? { removed: false } : await sweep(repository, record, request);
      swept[index] = { run, leg, branch, path, created, bytes, ...outcome };
    }
  };
  // Saving what is in one is a row of git processes that wait for each other.
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return swept.filter((one) => one !== undefined);
}

async function sweep(repository: GitRepository, record: WorktreeRecord, request: SweepRequest): Promise<Outcome> {
  try {
    return await guard(saveAndRemove)(repository, record, request.force === true);
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    return { removed: false, problem: error.failure };
  }
}

async function saveAndRemove(repository: GitRepository, record: WorktreeRecord, force: boolean): Promise<Outcome> {
  const { saved, problem } = await save(repository, record);
  const kept = saved === undefined ? {} : { saved };
  if (problem !== undefined && !force) return { removed: false, ...kept, problem };
  await removeTree(record.path);
  await removeTree(leftovers(record.path));
  await removeBoxGit(record);
  await repository.exclusive(async () => {
    await removeAdmin(record);
    await removeRecord(record);
  });
  return { removed: true, ...kept };
}

/** Commits what the worktree holds beyond its branch, on the branch; commits of a detached HEAD become a parent. */
async function save(
  repository: GitRepository,
  record: WorktreeRecord,
): Promise<{ readonly saved?: string; readonly problem?: Failure }> {
  if (record.state === 'creating' || !(await exists(record.path))) return {};
  const worktree = attachWorktree(repository, record);
  const { tree, problems } = await worktree.capture();
  const tip = (await readRef(repository.git, repository.commonDir, `refs/heads/${record.branch}`)) ?? record.start;
  const head = await worktree.head();
  const apart = !(await isAncestor(repository, head.commit, tip));
  const [problem] = problems;
  const trouble = problem === undefined ? {} : { problem };
  if (!apart && tree === (await worktree.treeOf(tip))) return trouble;
  const saved = await commitTree(repository, {
    tree,
    parents: apart ? [tip, head.commit] : [tip],
    message: `wip: what ${record.leg} had not committed`,
  });
  await repository.exclusive(() => moveBranch(repository, record.branch, saved));
  return { saved, ...trouble };
}

/** Bytes as the files tell them, symlinks not followed; 0 when there is nothing. */
export async function diskUse(root: string): Promise<number> {
  return sizeBelow(root, '', createPace());
}

async function sizeBelow(root: string, path: string, pace: Pace): Promise<number> {
  try {
    await pace();
    const stat = lstatSync(locate(root, path));
    if (!stat.isDirectory()) return stat.size;
    const entries = readdirSync(locate(root, path), { encoding: 'latin1' });
    let total = 0;
    for (const name of entries) total += await sizeBelow(root, childPath(path, name), pace);
    return total;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG')) return 0;
    throw error;
  }
}
