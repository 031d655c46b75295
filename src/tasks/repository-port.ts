/** What the task semantics ask of git: a repository on orch's own terms, and the working tree of the job in it. */
import type { HostPath } from '../shared/brand.ts';
import type { Failure } from '../shared/failure.ts';
import type { FileRead } from './contracts/contract.ts';

/** The trusted side of git: a git directory and settings of orch's own; nothing that the task wrote takes effect. */
export interface Repository {
  /** Whether every commit of `ancestor` is contained in `descendant`. */
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /** Merges without a working tree. On a conflict the conflicting paths are named. */
  merge(request: {
    readonly ours: string;
    readonly theirs: string;
    readonly message: string;
  }): Promise<
    { readonly ok: true; readonly commit: string } | { readonly ok: false; readonly conflicts: readonly string[] }
  >;
  /** The tree of `tree` with these paths as they are in another, absent ones and those from nowhere removed. All may be commits or trees. */
  graft(request: {
    readonly tree: string;
    readonly paths: readonly { readonly path: string; readonly from?: string }[];
  }): Promise<string>;
  /** A commit by nobody in particular; no ref moves. */
  commit(request: { readonly tree: string; readonly parent: string; readonly message: string }): Promise<string>;
  /** Makes the branch at `start` and a working tree on it, with the configured copies and links. Safe to repeat. */
  open(request: { readonly branch: string; readonly start: string }): Promise<WorkTree>;
  /** The working tree that `open` made for this job, for the steps after it; undefined before. */
  current(): Promise<WorkTree | undefined>;
  /** The commit that tasks without dependencies start from. */
  base(): Promise<string>;
}

export interface WorkTree {
  readonly path: HostPath;
  /** What preparing could not do but may go on without. */
  readonly warnings: readonly string[];
  /** Records the files as they stand, links, copies and ignored files left out; no commit is made. */
  capture(): Promise<Capture>;
  /** How `to` differs from `from` (commits or trees), by path, sorted. */
  changes(from: string, to: string): Promise<readonly Change[]>;
  /** Where the task left HEAD, and the branch it is on, if any. */
  head(): Promise<{ readonly commit: string; readonly branch?: string }>;
  /** Commits between, newest first, at most `limit`. */
  commits(
    from: string,
    to: string,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly subject: string }[]>;
  commit(request: { readonly tree: string; readonly parent: string; readonly message: string }): Promise<string>;
  /** A file of a commit or a tree, at most `limit` bytes of it; links are not followed. */
  read(tree: string, path: string, limit: number): Promise<FileRead>;
  /** Replaces a file of the working tree; false where that is no regular file, or lies behind a link. */
  write(path: string, text: string): Promise<boolean>;
  /** The rule by which git ignores a path, there or not, in words: file, line and pattern. */
  ignoredBy(path: string): Promise<string | undefined>;
  /** SHA-256 in hex of how `to` differs from `from`: `git diff-tree -r --no-renames --no-abbrev FROM TO`. */
  digest(from: string, to: string): Promise<string>;
  /** The tree that a commit holds. */
  treeOf(commit: string): Promise<string>;
  /** Points a branch (short name) at a commit. The worktree's own branch may be one of them. */
  setBranch(branch: string, commit: string): Promise<void>;
  /**
   * Makes the files equal to `commit` again, untracked ones removed; ignored, copied and linked ones stay.
   * Repositories that the task has made inside hold what no commit has: they are moved, and named where they are now.
   */
  reset(commit: string): Promise<readonly string[]>;
  /**
   * Changes whenever a file of the tree does; cheap enough to ask every few seconds, since a large tree is looked at
   * less often, though what is told is at most `maxAge` milliseconds old.
   */
  activity(maxAge?: number): Promise<string>;
  /** Removes the working tree unless it is to be kept; branches stay. */
  close(request: { readonly keep: boolean }): Promise<void>;
}

/** A capture that found something that must not be committed says so and still names the tree without it. */
export interface Capture {
  readonly tree: string;
  readonly problems: readonly Failure[];
  /** What was seen that is in the way of nothing, and that people are to know of. */
  readonly remarks?: readonly { readonly code: string; readonly message: string }[];
}

export interface Change {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'deleted' | 'type-changed';
  /** Bytes in the newer version; 0 when deleted. */
  readonly size: number;
}
