/** What a job may ask of the repository: the port of the task semantics, filled for one run's settings. */

import { type GraftRequest, graftTree } from './graft.ts';
import { commitTree, isAncestor, mergeCommits } from './history.ts';
import { guard } from './machine-failure.ts';
import { openWorktree } from './open-worktree.ts';
import type { GitRepository } from './repository.ts';
import { planShares, type SharedPaths, type SharePlan } from './shared-paths.ts';
import { attachWorktree, type LinkedWorktree } from './worktree.ts';
import { placeWorktree, readRecord } from './worktree-record.ts';

export interface WorkspaceSettings extends SharedPaths {
  /** The commit that tasks without dependencies start from. */
  readonly base: string;
  /** The directory of all worktrees, absolute; by default one in the user's cache. */
  readonly root?: string;
}

/** Fills the port `Repository` in `src/tasks/repository-port.ts`. */
export interface JobWorkspace {
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  merge(request: {
    readonly ours: string;
    readonly theirs: string;
    readonly message: string;
  }): Promise<
    { readonly ok: true; readonly commit: string } | { readonly ok: false; readonly conflicts: readonly string[] }
  >;
  graft(request: GraftRequest): Promise<string>;
  commit(request: { readonly tree: string; readonly parent: string; readonly message: string }): Promise<string>;
  open(request: { readonly branch: string; readonly start: string }): Promise<LinkedWorktree>;
  current(): Promise<LinkedWorktree | undefined>;
  base(): Promise<string>;
}

export interface Workspaces {
  /** `branch` is the job's own, by which a later process finds the worktree again. */
  forJob(branch: string): JobWorkspace;
}

/** One for a run: what to copy and link is found out once, when the first worktree is made. */
export function createWorkspaces(repository: GitRepository, settings: WorkspaceSettings): Workspaces {
  let plan: Promise<SharePlan> | undefined;
  const shares = (): Promise<SharePlan> => {
    plan ??= planShares(repository, settings);
    return plan;
  };
  return { forJob: (branch) => createJobWorkspace(repository, settings, { branch, shares }) };
}

interface Job {
  readonly branch: string;
  readonly shares: () => Promise<SharePlan>;
}

function createJobWorkspace(repository: GitRepository, settings: WorkspaceSettings, job: Job): JobWorkspace {
  let opened: LinkedWorktree | undefined;
  return {
    isAncestor: (ancestor, descendant) => isAncestor(repository, ancestor, descendant),
    merge: guard((request) => mergeCommits(repository, request)),
    graft: guard((request) => graftTree(repository, request)),
    commit: guard(({ tree, parent, message }) => commitTree(repository, { tree, parents: [parent], message })),
    open: guard(async ({ branch, start }) => {
      opened = await openWorktree(repository, { branch, start, root: settings.root, plan: job.shares });
      return opened;
    }),
    current: guard(async () => {
      if (opened !== undefined) return opened;
      const record = await readRecord(placeWorktree(repository, job.branch, settings.root).index);
      if (record === undefined || record.state === 'creating') return undefined;
      opened = attachWorktree(repository, record);
      return opened;
    }),
    base: async () => settings.base,
  };
}
