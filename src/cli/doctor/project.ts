/** The repository around the current directory: whether tasks can start from it, its lock, and the room there is. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../orchestrator/index.ts';
import { type GitRepository, openRepository, worktreeRoot } from '../../runner/workspaces/index.ts';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { DEFAULT_CONFIG } from '../../shared/default-config.ts';
import { MachineError } from '../../shared/failure.ts';
import { formatBytes } from '../../shared/quantity.ts';
import { freeSpace, holderOfFile, layoutOf, probeProcesses, readRunLock } from '../../store/index.ts';
import type { Check } from '../../ui/index.ts';
import { loadWorktreeRoot } from '../worktree-root.ts';

/** Bytes. Less than this is too little for any run, or for most. */
const TOO_LITTLE = 200e6;
const LITTLE = 2e9;

/** Outside a repository there is little to say, and nothing wrong. */
export async function checkProject(): Promise<readonly Check[]> {
  const opened = await open();
  if ('seen' in opened) return [opened, await checkSpace('disk', hostPath(process.cwd()))];
  try {
    const root = worktreeRoot(opened, loadWorktreeRoot(opened));
    return [
      { name: 'repository', state: 'good', seen: opened.root },
      checkConfig(opened),
      checkLock(opened),
      await checkSpace('disk', opened.root),
      await checkSpace('worktrees', hostPath(root)),
    ];
  } finally {
    await opened.dispose();
  }
}

/** The default file; what is wrong with it is for `orch validate` to tell. */
function checkConfig({ root }: GitRepository): Check {
  const file = join(root, DEFAULT_CONFIG);
  if (!existsSync(file)) {
    return { name: 'tasks', state: 'note', seen: `no ${DEFAULT_CONFIG}`, hint: 'orch init writes one to begin with' };
  }
  const { result } = loadConfig({ file, root });
  if (!result.ok) {
    const seen = `${DEFAULT_CONFIG} has mistakes`;
    return { name: 'tasks', state: 'warning', seen, hint: 'orch validate names them' };
  }
  const { length } = result.value.tasks;
  return { name: 'tasks', state: 'good', seen: `${length} in ${DEFAULT_CONFIG}` };
}

async function open(): Promise<GitRepository | Check> {
  try {
    const opened = await openRepository(process.cwd());
    if (opened.ok) return opened.value;
    const [first] = opened.error;
    const hint = first?.hint === undefined ? {} : { hint: first.hint };
    return { name: 'repository', state: 'note', seen: first?.message ?? 'none', ...hint };
  } catch (error) {
    // Git is missing or too old, which has a line of its own.
    if (error instanceof MachineError) return { name: 'repository', state: 'note', seen: error.failure.message };
    throw error;
  }
}

function checkLock({ root, commonDir }: GitRepository): Check {
  const lock = readRunLock(layoutOf(root, commonDir));
  if (lock === undefined) return { name: 'lock', state: 'good', seen: 'free' };
  const run = lock.info === undefined ? 'a run' : `run ${lock.info.run}`;
  const holder = holderOfFile(lock, probeProcesses(), Date.now());
  switch (holder.state) {
    case 'there':
      return { name: 'lock', state: 'note', seen: `${run} is on, process ${lock.info?.pid ?? 'unknown'}` };
    case 'unknown':
      return { name: 'lock', state: 'note', seen: `held by ${run}; ${holder.why}` };
    case 'gone':
      return {
        name: 'lock',
        state: 'warning',
        seen: `left by ${run}, which crashed: ${holder.why}`,
        hint: 'orch clean removes it; the next orch run takes it over',
      };
  }
}

async function checkSpace(name: string, path: HostPath): Promise<Check> {
  const free = await freeSpace(path);
  const seen = `${formatBytes(free)} free in ${path}`;
  if (free >= LITTLE) return { name, state: 'good', seen };
  const hint = 'orch clean --dry-run shows what earlier runs have left';
  return { name, state: free < TOO_LITTLE ? 'bad' : 'warning', seen, hint };
}
