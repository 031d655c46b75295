/** Git for runs: the user's repository, working trees of jobs, and what orch does with them by a git of its own. */

export { listLoans } from './box-loans.ts';
export type { BoxGit, BoxPlace } from './box-repository.ts';
export { type BundleRequest, takeBundle, writeBundle } from './bundle.ts';
export { branchTip, commitFiles } from './commit-files.ts';
export type { Fingerprint, Fingerprints } from './fingerprint.ts';
export { compareFingerprints, createFingerprints } from './fingerprint.ts';
export { matchGlob } from './globs.ts';
export { isAncestor } from './history.ts';
export type { JobWorkspace, WorkspaceSettings, Workspaces } from './job-workspace.ts';
export { createWorkspaces } from './job-workspace.ts';
export { findStores } from './object-stores.ts';
export { type CloneRequest, makeSelfContained, openPrivateClones, type PrivateClone } from './private-clone.ts';
export { fetchBranch, hasCommit, pushBranch, type Remote, type Transfer } from './remote-branch.ts';
export type { GitRepository } from './repository.ts';
export { openRepository, resolveCommit } from './repository.ts';
export { removeTree } from './safe-files.ts';
export type { SharedPaths } from './shared-paths.ts';
export type { SnapshotRequest } from './snapshot.ts';
export { snapshotUncommitted } from './snapshot.ts';
export type { SweepRequest, SweptWorktree } from './sweep.ts';
export { diskUse, sweepWorktrees } from './sweep.ts';
export { createTaskFiles } from './task-files.ts';
export { readTreeFile } from './tree-file.ts';
export type { LinkedWorktree } from './worktree.ts';
export { listRecords as listWorktrees, worktreeRoot } from './worktree-record.ts';
export { estimateWorktreeSize } from './worktree-size.ts';
