/** Makes a job's working tree: branch, git directory, files, copies and links. Safe to repeat after a crash anywhere. */

import { readdirSync, rmSync } from 'node:fs';
import { isErrno } from '../../shared/errno.ts';
import { MachineError } from '../../shared/failure.ts';
import { filterWarnings, mentionedFilters } from './filters.ts';
import { provideShares } from './provide-shares.ts';
import { createBranch } from './refs.ts';
import type { GitRepository } from './repository.ts';
import { exists, removeTree } from './safe-files.ts';
import { scanTree } from './scan.ts';
import type { SharePlan } from './shared-paths.ts';
import { openSubmodules } from './submodules.ts';
import { attachWorktree, type LinkedWorktree } from './worktree.ts';
import { createAdmin, indexStamp, publishIndex, removeAdmin, unlockAdmin, writeHead } from './worktree-admin.ts';
import { placeWorktree, readRecord, type WorktreeRecord, writeRecord } from './worktree-record.ts';

export interface OpenRequest {
  readonly branch: string;
  readonly start: string;
  /** Where worktrees lie; outside the repository unless said. */
  readonly root?: string | undefined;
  readonly plan: () => Promise<SharePlan>;
}

export async function openWorktree(repository: GitRepository, request: OpenRequest): Promise<LinkedWorktree> {
  const place = placeWorktree(repository, request.branch, request.root);
  const earlier = await readRecord(place.index);
  if (earlier !== undefined && earlier.state !== 'creating') return reopen(repository, earlier, request);
  const record: WorktreeRecord = {
    ...place,
    state: 'creating',
    start: request.start,
    created: new Date().toISOString(),
    submodules: [],
    shared: [],
    warnings: [],
  };
  if (earlier === undefined) await refuseForeign(record.path);
  else await wipe(repository, earlier);
  await repository.exclusive(async () => {
    await writeRecord(record);
    await createBranch(repository, record.branch, record.start);
    await createAdmin(record);
  });
  return fill(repository, record, request);
}

/** Files first by orch's own index, then everything else; the record says `ready` only when all of it is there. */
async function fill(repository: GitRepository, record: WorktreeRecord, request: OpenRequest): Promise<LinkedWorktree> {
  const { path, index, admin } = record;
  await repository.git.run(['read-tree', '--reset', '-u', record.start], { workTree: path, index });
  const filters = await mentionedFilters(repository, path, (await scanTree(path)).attributes);
  const { submodules, warnings } = await openSubmodules(repository, { workTree: path, index, admin });
  const provided = await provideShares(await request.plan(), repository.root, path);
  await publishIndex(record);
  const ready: WorktreeRecord = {
    ...record,
    state: 'ready',
    submodules,
    shared: provided.paths,
    warnings: [...provided.warnings, ...warnings, ...filterWarnings(filters, repository.git.lfs)],
  };
  await writeRecord(ready);
  await unlockAdmin(ready);
  return attachWorktree(repository, ready, { stamp: await indexStamp(admin) });
}

/** The worktree was complete before: it is given back as it is, with what is missing of its git directory. */
async function reopen(
  repository: GitRepository,
  record: WorktreeRecord,
  request: OpenRequest,
): Promise<LinkedWorktree> {
  if (record.start !== request.start) {
    throw new MachineError({
      code: 'environment-lost',
      message: `the worktree of ${record.branch} exists already and starts from ${record.start}, not ${request.start}`,
    });
  }
  if (!(await exists(record.path))) {
    throw new MachineError({
      code: 'environment-lost',
      message: `the worktree ${record.path} of ${record.branch} is gone`,
    });
  }
  if (!(await exists(record.admin))) {
    await repository.exclusive(async () => {
      await createAdmin(record);
      await writeHead(record);
      await unlockAdmin(record);
    });
    await publishIndex(record);
  }
  return attachWorktree(repository, record);
}

/** Removes a worktree that never became ready: no task has run in it. */
async function wipe(repository: GitRepository, record: WorktreeRecord): Promise<void> {
  await removeTree(record.path);
  await repository.exclusive(() => removeAdmin(record));
  rmSync(record.index, { force: true });
  rmSync(`${record.index}.lock`, { force: true });
}

/** A directory at the place that orch has no record of belongs to somebody. */
async function refuseForeign(path: string): Promise<void> {
  try {
    if (readdirSync(path).length === 0) return;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    if (!isErrno(error, 'ENOTDIR')) throw error;
  }
  throw new MachineError({
    code: 'environment-lost',
    message: `${path} exists and is no worktree of orch's`,
    hint: 'move it away',
  });
}
