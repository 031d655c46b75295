/** `orch clean`: what finished and crashed runs have left, listed and then removed; never anything of a run that is on. */
import { cleanText, plural, shortCommit } from '../../reports/index.ts';
import { listRunProcesses, reclaimFiles, sweepContainers, sweepRun } from '../../runner/environments/index.ts';
import { sweepTemporary } from '../../runner/jobs/index.ts';
import { dropUploads } from '../../runner/services/index.ts';
import { removeTree, type SweptWorktree, sweepWorktrees } from '../../runner/workspaces/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import { isErrno } from '../../shared/errno.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { formatBytes, parseDuration } from '../../shared/quantity.ts';
import { acquireRunLock, acquireStreamLock, findRun, newRunId } from '../../store/index.ts';
import { type Leftovers, renderLeftovers } from '../../ui/index.ts';
import { findLeftovers, isOver } from '../clean/leftovers.ts';
import { openDisplay } from '../display.ts';
import { UsageError } from '../explain.ts';
import { type Project, withProject } from '../project.ts';
import { externals } from '../workflow/externals.ts';
import { workDirectory } from '../workflow/work-directory.ts';

export interface CleanOptions {
  readonly dryRun?: boolean;
  readonly olderThan?: string;
  readonly force?: boolean;
}

export async function clean({ dryRun = false, olderThan, force = false }: CleanOptions): Promise<number> {
  const before = olderThan === undefined ? Date.now() : Date.now() - spanOf(olderThan);
  return withProject(async (project) => {
    const { terminal, look, columns } = openDisplay();
    const found = await findLeftovers(project, before, force);
    if (found.length === 0) {
      terminal.write('There is nothing to clean up.\n');
      return EXIT.success;
    }
    terminal.write(`${renderLeftovers(found, look, columns)}\n`);
    if (dryRun) {
      terminal.write('Nothing was removed: this was a dry run.\n');
      return EXIT.success;
    }
    const alive = await endProcesses(project, found);
    const containers = await removeContainers(project, found);
    for (const { run } of found) if (isOver(project, run)) await removeTemporary(project, run);
    removeStaleLock(project, found);
    const swept = await removeWorktrees(project, found, force);
    const { removed, problems: kept } = await removeClones(project, found);
    terminal.write(whatWasDone(found, swept, { clones: removed, containers: containers.removed }));
    const problems = [...alive, ...containers.problems, ...swept.flatMap(problemOf), ...kept];
    for (const problem of problems) console.error(`orch: ${problem}`);
    return problems.length === 0 ? EXIT.success : EXIT.failed;
  });
}

async function removeTemporary({ layout }: Project, run: string): Promise<void> {
  await sweepTemporary(run);
  const artifacts = findRun(layout, run)?.paths.artifacts;
  if (artifacts !== undefined) await dropUploads(artifacts);
}

function spanOf(text: string): number {
  const span = parseDuration(text);
  if (span !== undefined) return span;
  throw new UsageError(`--older-than wants a span of time, not "${text}"`, { hint: 'such as 12h or 7d' });
}

/** What could not be ended, a sentence each. */
async function endProcesses(project: Project, found: readonly Leftovers[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { run, processes } of found) {
    if (processes.length === 0 || !isOver(project, run)) continue;
    await sweepRun(run);
    for (const { pid } of await listRunProcesses(run)) problems.push(`process ${pid} of run ${run} could not be ended`);
  }
  return problems;
}

interface RemovedContainers {
  /** How many containers, networks and volumes. */
  readonly removed: number;
  readonly problems: readonly string[];
}

async function removeContainers(project: Project, found: readonly Leftovers[]): Promise<RemovedContainers> {
  let removed = 0;
  const problems: string[] = [];
  for (const { run, containers } of found) {
    if (containers === undefined || !isOver(project, run)) continue;
    const swept = await sweepContainers(run, process.env);
    removed += swept.removed.length;
    problems.push(...swept.problems);
  }
  return { removed, problems };
}

/** By taking it over and letting it go: whoever else tries to at the same time gets a clear answer. */
function removeStaleLock({ layout }: Project, found: readonly Leftovers[]): void {
  const run = newRunId(new Date());
  const isStale = (path: string): boolean => found.some(({ lock }) => lock?.endsWith(path) === true);
  const locks = [
    ...(isStale('/run.lock') ? [acquireRunLock(layout, run)] : []),
    ...(isStale('/framework-review.lock') ? [acquireStreamLock(layout, { stream: 'framework-review', run })] : []),
  ];
  for (const lock of locks) if (lock.ok) lock.value.release();
}

function removeWorktrees(
  project: Project,
  found: readonly Leftovers[],
  force: boolean,
): Promise<readonly SweptWorktree[]> {
  const runs = new Set(found.map(({ run }) => run));
  return sweepWorktrees(project.repository, { runs: (run) => runs.has(run) && isOver(project, run), force });
}

interface RemovedClones {
  /** Bytes of each run's. */
  readonly removed: readonly number[];
  readonly problems: readonly string[];
}

/** What is in them was made by jobs, and nobody has asked for it: the user's repository has all that it had. */
async function removeClones(project: Project, found: readonly Leftovers[]): Promise<RemovedClones> {
  const removed: number[] = [];
  const problems: string[] = [];
  for (const { run, clones } of found) {
    if (clones === undefined || !isOver(project, run)) continue;
    try {
      await removeClone(workDirectory(project, run), run);
      removed.push(clones.bytes);
    } catch (error) {
      problems.push(`${clones.path} was not removed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { removed, problems };
}

/** A container that was killed with its orch may have left files of root's. */
async function removeClone(folder: HostPath, run: string): Promise<void> {
  try {
    await removeTree(folder);
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EPERM')) throw error;
    await reclaimFiles({ owner: { run, job: 'clean' }, folder, externals: externals(), engine: process.env });
    await removeTree(folder);
  }
}

function whatWasDone(
  found: readonly Leftovers[],
  swept: readonly SweptWorktree[],
  { clones, containers }: { readonly clones: RemovedClones['removed']; readonly containers: number },
): string {
  const removed = swept.filter((worktree) => worktree.removed);
  const bytes = removed.reduce((sum, worktree) => sum + worktree.bytes, 0);
  const ended = found.reduce((sum, { processes }) => sum + processes.length, 0);
  const saved = swept.flatMap(({ leg, branch, saved: commit }) =>
    commit === undefined ? [] : [`What ${cleanText(leg)} had not committed is on ${branch} (${shortCommit(commit)}).`],
  );
  const done = [
    ...(removed.length > 0 ? [`removed ${plural(removed.length, 'worktree')} (${formatBytes(bytes)})`] : []),
    ...(clones.length > 0
      ? [`removed the clones of ${plural(clones.length, 'run')} (${formatBytes(clones.reduce((a, b) => a + b, 0))})`]
      : []),
    ...(ended > 0 ? [`ended ${plural(ended, 'process', 'processes')}`] : []),
    ...(containers > 0
      ? [`removed ${plural(containers, 'container, network or volume', 'containers, networks and volumes')}`]
      : []),
    ...(found.some(({ lock }) => lock !== undefined) ? ['removed the stale lock'] : []),
  ].join(', ');
  const stays = swept.length === 0 ? [] : ['The branches stay: git branch --list "orch/*"'];
  const lines = [...saved, ...(done === '' ? [] : [`${done.charAt(0).toUpperCase()}${done.slice(1)}.`]), ...stays];
  return lines.map((line) => `${line}\n`).join('');
}

function problemOf({ path, removed, problem }: SweptWorktree): readonly string[] {
  if (removed || problem === undefined) return [];
  return [`${path} was not removed: ${problem.message}`, 'orch clean --force removes it all the same'];
}
