/** What a crashed run has left running, for whoever takes its lock over: nobody else learns of it afterwards. */
import { sweepContainers, sweepRun } from '../../runner/environments/index.ts';
import { sweepTemporary } from '../../runner/jobs/index.ts';
import type { RunLock } from '../../store/index.ts';

/** Ends it. A sentence each for what was taken over and ended; none when the lock was free. */
export async function sweepStale({ stale }: RunLock): Promise<readonly string[]> {
  if (stale === undefined) return [];
  const run = stale.info?.run;
  const swept = run === undefined ? [] : await sweepRun(run);
  if (run !== undefined) await Promise.all([sweepContainers(run, process.env), sweepTemporary(run)]);
  return [
    stale.message,
    ...swept.map(({ pid, command }) => `ended what run ${run} had left running: ${pid} ${programOf(command)}`),
  ];
}

/** Arguments may hold secrets. */
function programOf(command: string): string {
  return command.split(' ', 1)[0] ?? '';
}
