/** Where the jobs of workflow runs have their working trees, beside the worktrees of tasks: a directory a run, which goes with the run. */

import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { worktreeRoot } from '../../runner/workspaces/index.ts';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { isErrno } from '../../shared/errno.ts';
import { isRunId } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { cacheDirectory } from './cache-directory.ts';

export function workRoot({ repository }: Project): HostPath {
  return hostPath(join(cacheDirectory(), 'work', basename(worktreeRoot(repository, undefined))));
}

export function workDirectory(project: Project, run: string): HostPath {
  return hostPath(join(workRoot(project), run));
}

/** The runs of this repository that have one. What orch did not name is passed over. */
export async function listWorkDirectories(project: Project): Promise<readonly string[]> {
  try {
    const entries = await readdir(workRoot(project), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && isRunId(entry.name)).map(({ name }) => name);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
