/** What comes after the last event of a run: the summary, the notification, old runs. */
import type { RunEnd, RunEvent } from '../../engine/index.ts';
import { foldRun, renderSummary, writeReport } from '../../reports/index.ts';
import { createHostEnvironment, systemClock } from '../../runner/environments/index.ts';
import { listWorktrees } from '../../runner/workspaces/index.ts';
import type { Masker } from '../../shared/mask.ts';
import { pruneRuns, readApproval, SUMMARY } from '../../store/index.ts';
import { newestProposal } from '../approval/proposal.ts';
import type { Project } from '../project.ts';
import { listWorkDirectories } from '../workflow/work-directory.ts';
import type { RunSetup } from './setup.ts';

/** A notification that takes longer than this is ended: nobody watches it. */
const ON_FINISH_LIMIT = 10 * 60_000;
const GRACE = 5000;

export async function writeSummary({ repository }: Project, events: readonly RunEvent[]): Promise<string> {
  await writeReport(repository.root, SUMMARY, renderSummary(foldRun(events)));
  return SUMMARY;
}

/** Runs `on_finish` with the result in its environment; what it prints goes, masked, to standard error. Says what went wrong. */
export async function notify(
  { repository }: Project,
  setup: RunSetup,
  end: {
    readonly command: string;
    readonly result: string;
    readonly exitCode: number;
    readonly summary: string | undefined;
    readonly masker: Masker;
  },
): Promise<string | undefined> {
  const masked = end.masker.stream();
  const environment = createHostEnvironment({ run: setup.run });
  const running = await environment.start({
    argv: ['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', end.command],
    cwd: repository.root,
    env: {
      ...setup.hostEnv,
      ORCH_RUN: setup.run,
      ORCH_RESULT: end.result,
      ORCH_EXIT_CODE: String(end.exitCode),
      ...(end.summary === undefined ? {} : { ORCH_SUMMARY: end.summary }),
    },
    onOutput: (chunk) => void process.stderr.write(masked.push(chunk)),
  });
  let late = false;
  const callOff = systemClock.after(ON_FINISH_LIMIT, () => {
    late = true;
    void running.stop(GRACE);
  });
  const exit = await running.exit;
  callOff();
  await running.reap();
  process.stderr.write(masked.end());
  if (late) return 'on_finish took longer than 10 minutes and was ended';
  if (exit.kind === 'exited') return exit.code === 0 ? undefined : `on_finish ended with exit code ${exit.code}`;
  return exit.kind === 'signalled' ? `on_finish was ended by ${exit.signal}` : `on_finish: ${exit.message}`;
}

/** Old runs go, but not those whose working trees still stand: their logs explain them. A sentence each for those that would not. */
export async function forgetOldRuns(project: Project): Promise<readonly string[]> {
  const worktrees = await listWorktrees(project.repository);
  const kept = new Set([...worktrees.map(({ run }) => run), ...(await listWorkDirectories(project))]);
  const { layout } = project;
  const approval = readApproval(layout);
  // What was approved counts for as long as its run can be asked.
  if (approval !== undefined && approval !== 'damaged') kept.add(approval.run);
  // Nobody has to approve before other runs have pushed out what waits for it.
  const proposal = await newestProposal(layout);
  for (const run of [proposal?.run, proposal?.reusedFrom]) if (run !== undefined) kept.add(run);
  const { failed } = pruneRuns(layout, { spare: (record) => kept.has(record.run) });
  return failed.map(({ run, message }) => `the old run ${run} could not be removed: ${message}`);
}

/** Goes on after a part of the ending failed, and says so. */
export async function attempt<T>(what: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    say(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** Displays and files that were left out of the run because they failed. */
export function sayLost(lost: RunEnd['lostSinks']): void {
  for (const { name, error } of lost) say(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
}

export function say(line: string): void {
  process.stderr.write(`orch: ${line}\n`);
}
