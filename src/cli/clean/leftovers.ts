/** What runs that are over have left: found by the registry of worktrees, the cache, the history, the lock, and the marks of processes. */
import { relative } from 'node:path';
import { listContainersByRun, listRunProcesses } from '../../runner/environments/index.ts';
import { diskUse, type SweptWorktree, sweepWorktrees } from '../../runner/workspaces/index.ts';
import {
  findRun,
  holderOfFile,
  listRuns,
  probeProcesses,
  readRunLock,
  readStreamLock,
  startOfRun,
} from '../../store/index.ts';
import type { Leftovers } from '../../ui/index.ts';
import { canBeTakenUp } from '../pause/resume-file.ts';
import type { Project } from '../project.ts';
import { listWorkDirectories, workDirectory } from '../workflow/work-directory.ts';

/** Of runs that began before that time (milliseconds since 1970), oldest first. Runs that are on are left out, and without `force` those that are paused. */
export async function findLeftovers(project: Project, before: number, force: boolean): Promise<readonly Leftovers[]> {
  const { repository, layout } = project;
  const takes = (run: string): boolean => isOver(project, run) && (force || !isAwaited(project, run));
  const worktrees = await sweepWorktrees(repository, { dryRun: true, runs: takes });
  const locks = staleLocks(project);
  const locked = locks.map(({ run }) => run);
  const crashed = listRuns(layout).flatMap(({ run, state }) => (state === 'crashed' ? [run] : []));
  // Only a crash leaves processes: at the end of a task nothing of it survives.
  const dead = new Set([...crashed, ...locked]);
  const atEngine = await listContainersByRun(process.env);
  // Also a run that ended well, when the engine was not reached at its end.
  const stranded = [...atEngine.keys()].filter((run) => findRun(layout, run) !== undefined && takes(run));
  const found: Leftovers[] = [];
  const cloned = new Set((await listWorkDirectories(project)).filter(takes));
  for (const run of [
    ...new Set([...dead, ...stranded, ...cloned, ...worktrees.map((worktree) => worktree.run)]),
  ].sort()) {
    const own = worktrees.filter((worktree) => worktree.run === run);
    if (startOf(run, own) >= before) continue;
    const clones = workDirectory(project, run);
    const processes = dead.has(run) ? await listRunProcesses(run) : [];
    const containers = dead.has(run) || stranded.includes(run) ? (atEngine.get(run) ?? []) : [];
    found.push({
      run,
      state: findRun(layout, run)?.state ?? 'no longer in logs/runs',
      worktrees: own,
      ...(cloned.has(run) ? { clones: { path: clones, bytes: await diskUse(clones) } } : {}),
      ...(containers.length === 0 ? {} : { containers }),
      processes: processes.map(({ pid, command }) => ({ pid, command: programOf(command) })),
      ...lockOf(locks, run),
    });
  }
  return found.filter(
    ({ worktrees: trees, processes, containers, clones, lock: held }) =>
      trees.length > 0 ||
      processes.length > 0 ||
      containers !== undefined ||
      clones !== undefined ||
      held !== undefined,
  );
}

/** A run that is paused waits this long for somebody, in milliseconds. */
const PATIENCE = 7 * 24 * 60 * 60_000;

/** Paused, or ended by force where it could be taken up again. */
function isAwaited(project: Project, run: string): boolean {
  const { finished, started, state } = findRun(project.layout, run) ?? {};
  const waits = finished?.result === 'paused' || (state === 'crashed' && canBeTakenUp(project, run));
  return waits && Date.now() - Date.parse((finished ?? started)?.time ?? '') < PATIENCE;
}

/** Asked again right before anything is removed: runs may start at any time. */
export function isOver({ layout }: Project, run: string): boolean {
  const lock = readRunLock(layout);
  const there = lock !== undefined && holderOfFile(lock, probeProcesses(), Date.now()).state !== 'gone';
  // A lock that is just being written may be any run's.
  if (there && (lock.info === undefined || lock.info.run === run)) return false;
  return findRun(layout, run)?.state !== 'running';
}

interface FoundLock {
  readonly run: string;
  readonly path: string;
}

/** The main run's, and that of the framework review. */
function staleLocks({ layout }: Project): readonly FoundLock[] {
  return [readRunLock(layout), readStreamLock(layout, 'framework-review')].flatMap((lock) => {
    if (lock === undefined || holderOfFile(lock, probeProcesses(), Date.now()).state !== 'gone') return [];
    return [{ run: lock.info?.run ?? 'a run that is not known', path: relative(layout.root, lock.path) }];
  });
}

function lockOf(locks: readonly FoundLock[], run: string): Pick<Leftovers, 'lock'> {
  const path = locks.find((lock) => lock.run === run)?.path;
  return path === undefined ? {} : { lock: path };
}

/** A run of another naming, such as one on GitHub, is as old as its first worktree. */
function startOf(run: string, worktrees: readonly SweptWorktree[]): number {
  const [first] = worktrees;
  return startOfRun(run) ?? (first === undefined ? 0 : Date.parse(first.created));
}

/** Arguments may hold secrets, and what is shown here may end in a log. */
function programOf(command: string): string {
  return command.split(' ', 1)[0] ?? '';
}
