/** Whether the working trees of a run will fit on the disk, asked before anything starts. */
import { estimateWorktreeSize, worktreeRoot } from '../../runner/workspaces/index.ts';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { MachineError } from '../../shared/failure.ts';
import { freeSpace, willFit } from '../../store/index.ts';
import type { Loaded } from '../load.ts';
import type { Project } from '../project.ts';
import type { RunSetup } from './setup.ts';

/** For logs and the like. Bytes. */
const BESIDE = 64 * 1024 * 1024;

export interface TreesToCome {
  /** Where they will be; it need not exist yet. */
  readonly path: HostPath;
  /** As many as stand at once. */
  readonly trees: number;
  readonly commit: string;
}

/** Throws `MachineError` (`disk-full`). */
export async function checkSpace({ repository }: Project, { path, trees, commit }: TreesToCome): Promise<void> {
  const needed = trees * (await estimateWorktreeSize(repository, commit)) + BESIDE;
  const fits = willFit({ path, needed, free: await freeSpace(path) });
  if (!fits.ok) throw new MachineError(fits.error);
}

/** The same for a run of tasks. */
export function checkSpaceForTasks(project: Project, { config }: Loaded, { plan, base }: RunSetup): Promise<void> {
  const path = hostPath(worktreeRoot(project.repository, config.worktrees.root));
  const trees = Math.min(plan.policy.maxParallel, plan.jobs.length);
  return checkSpace(project, { path, trees, commit: base.commit });
}
