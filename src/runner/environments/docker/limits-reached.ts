/** What the kernel has counted of a container's limits: read inside, where its control groups are seen. */
import { readFileSync } from 'node:fs';

/** How often each limit was in the way. */
export interface LimitCounts {
  /** Processes that were ended for want of memory. */
  readonly memory: number;
  /** Processes that could not be started. */
  readonly pids: number;
}

/** The second version of control groups first, then the first. */
const FILES = {
  memory: [
    ['/sys/fs/cgroup/memory.events', 'oom_kill'],
    ['/sys/fs/cgroup/memory/memory.oom_control', 'oom_kill'],
  ],
  pids: [
    ['/sys/fs/cgroup/pids.events', 'max'],
    ['/sys/fs/cgroup/pids/pids.events', 'max'],
  ],
} as const;

export function countLimits(): LimitCounts {
  return { memory: countIn(FILES.memory), pids: countIn(FILES.pids) };
}

function countIn(files: readonly (readonly [path: string, name: string])[]): number {
  for (const [path, name] of files) {
    const count = new RegExp(`^${name} (\\d+)$`, 'm').exec(read(path))?.[1];
    if (count !== undefined) return Number(count);
  }
  return 0;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
}
