/** What a run decides on this machine and GitHub's syntax cannot say. */
import type { Config, OnFailure, WorktreeConfig } from '../config.ts';

export interface LocalPolicy {
  /** Absent: as many as there are CPUs. */
  readonly maxParallel?: number;
  readonly onFailure: OnFailure;
  /** The ref that tasks start from. */
  readonly base: string;
  readonly worktrees: WorktreeConfig;
  /** A command run once at the end. */
  readonly onFinish?: string;
}

export function policyOf({ maxParallel, onFailure, base, worktrees, onFinish }: Config): LocalPolicy {
  return {
    ...(maxParallel === undefined ? {} : { maxParallel }),
    onFailure,
    base,
    worktrees,
    ...(onFinish === undefined ? {} : { onFinish }),
  };
}
