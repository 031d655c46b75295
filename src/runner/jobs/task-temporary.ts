/** The temporary directory of a task's leg: named after its run, so that it is found again when orch was killed. */
import { lstat, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { removeTree } from '../workspaces/index.ts';

export async function makeTemporary(run: string): Promise<HostPath> {
  return hostPath(await mkdtemp(join(tmpdir(), prefixOf(run))));
}

/** Removes what a run that is over has left. Others of this machine may use the same names: only what is ours goes. */
export async function sweepTemporary(run: string): Promise<void> {
  const names = await readdir(tmpdir());
  for (const name of names.filter((one) => one.startsWith(prefixOf(run)))) {
    const path = join(tmpdir(), name);
    if ((await lstat(path)).uid === process.getuid?.()) await removeTree(path);
  }
}

function prefixOf(run: string): string {
  return `orch-task-${run}-`;
}
