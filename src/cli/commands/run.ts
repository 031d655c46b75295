/** `orch run` of tasks: from the file to the report, unattended. */
import { type Run, type RunEvent, startRun } from '../../engine/index.ts';
import { sweepRun, systemClock } from '../../runner/environments/index.ts';
import { defaultWorktreeRoot, estimateWorktreeSize, listWorktrees } from '../../runner/workspaces/index.ts';
import { hostPath } from '../../shared/brand.ts';
import { MachineError } from '../../shared/failure.ts';
import { acquireRunLock, freeSpace, type LockHeld, type RunLock, waitForRunLock, willFit } from '../../store/index.ts';
import { createUi, openTerminal, renderPlan, type UiMode, type UiSink } from '../../ui/index.ts';
import { EXIT } from '../exit-codes.ts';
import { UsageError } from '../explain.ts';
import { type Loaded, loadProject } from '../load.ts';
import type { Project } from '../project.ts';
import { composeRun } from '../run/compose.ts';
import { forgetOldRuns, notify, writeSummary } from '../run/ending.ts';
import { headerOf } from '../run/header.ts';
import { openRunOutput, type RunOutput } from '../run/output.ts';
import { planView } from '../run/plan-view.ts';
import { type RunOptions, type RunSetup, setUpRun } from '../run/setup.ts';
import { listenToSignals } from '../signals.ts';

export interface RunCommandOptions extends RunOptions {
  readonly ui?: UiMode;
  readonly wait?: boolean;
  readonly dryRun?: boolean;
}

export async function run(project: Project, options: RunCommandOptions): Promise<number> {
  const loaded = loadProject(project, options);
  if (loaded === undefined) return EXIT.badInput;
  const setup = await setUpRun(project, loaded, options);
  if (options.dryRun === true) return showPlan(loaded, setup);
  await checkSpace(project, loaded, setup);
  const lock = await takeLock(project, setup.run, options.wait === true);
  try {
    return await runLocked(project, { loaded, setup, lock, options });
  } finally {
    lock.release();
  }
}

function showPlan({ config }: Loaded, { plan, base }: RunSetup): number {
  const view = planView(config, { maxParallel: plan.policy.maxParallel, base: base.ref });
  process.stdout.write(renderPlan(view, 'text', openTerminal(process.stdout, process.env)));
  return EXIT.success;
}

/** Room for as many working trees as stand at once, and some for logs. */
async function checkSpace({ repository }: Project, { config }: Loaded, { plan, base }: RunSetup): Promise<void> {
  const path = hostPath(config.worktrees.root ?? defaultWorktreeRoot(repository));
  const trees = Math.min(plan.policy.maxParallel, plan.jobs.length);
  const needed = trees * (await estimateWorktreeSize(repository, base.commit)) + 64 * 1024 * 1024;
  const fits = willFit({ path, needed, free: await freeSpace(path) });
  if (!fits.ok) throw new MachineError(fits.error);
}

async function takeLock({ layout }: Project, run: string, wait: boolean): Promise<RunLock> {
  const onWait = (held: LockHeld): void => console.error(`orch: ${held.message}; waiting`);
  const lock = wait
    ? await waitForRunLock(layout, run, { signal: AbortSignal.timeout(2 ** 31 - 1), onWait })
    : acquireRunLock(layout, run);
  if (lock.ok) return lock.value;
  throw new UsageError(lock.error.message, { hint: lock.error.hint, exitCode: EXIT.locked });
}

interface LockedRun {
  readonly loaded: Loaded;
  readonly setup: RunSetup;
  readonly lock: RunLock;
  readonly options: RunCommandOptions;
}

async function runLocked(project: Project, { loaded, setup, lock, options }: LockedRun): Promise<number> {
  const notices = await sweepStale(lock);
  const output = openRunOutput(project.layout, lock);
  const state: { summary: string | undefined } = { summary: undefined };
  const ui = await createUi({
    ...(options.ui === undefined ? {} : { mode: options.ui }),
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    summary: () => state.summary,
  });
  const events: RunEvent[] = [];
  const { runner, sinks, masker } = await composeRun({ project, loaded, setup, output, ui });
  const record = { name: 'record', event: (event: RunEvent) => void events.push(event) };
  const header = headerOf({ project, loaded, setup });
  const run = startRun(setup.plan, { clock: systemClock, runner, sinks: [...sinks, record] }, header);
  for (const notice of notices) run.warn('stale-lock', notice);
  const stopListening = listen(run, { project, setup, lock, output, events, ui });
  const { result, exitCode, lostSinks } = await run.done;
  for (const { name, error } of lostSinks)
    say(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
  for (const warning of output.warnings) say(warning);
  // The journal first: it gives back the room on the disk that it kept for its end.
  await attempt('the journal could not be closed', () => output.close());
  state.summary = await attempt('the summary could not be written', () => writeSummary(project, events));
  const { onFinish } = loaded.config;
  const complaint =
    onFinish === undefined
      ? undefined
      : await notify(project, setup, { command: onFinish, result, exitCode, summary: state.summary, masker });
  if (complaint !== undefined) say(complaint);
  const kept = new Set((await listWorktrees(project.repository)).map((worktree) => worktree.run));
  for (const problem of forgetOldRuns(project, kept)) say(problem);
  stopListening();
  await ui.end();
  return lostSinks.length > 0 || state.summary === undefined ? Math.max(exitCode, EXIT.failed) : exitCode;
}

/** What a crashed run has left running is ended. */
async function sweepStale({ stale }: RunLock): Promise<readonly string[]> {
  if (stale === undefined) return [];
  const swept = stale.info === undefined ? [] : await sweepRun(stale.info.run);
  return [
    stale.message,
    ...swept.map(
      ({ pid, command }) => `ended what run ${stale.info?.run} had left running: ${pid} ${programOf(command)}`,
    ),
  ];
}

/** Arguments may hold secrets. */
function programOf(command: string): string {
  return command.split(' ', 1)[0] ?? '';
}

interface Stoppable {
  readonly project: Project;
  readonly setup: RunSetup;
  readonly lock: RunLock;
  readonly output: RunOutput;
  readonly events: readonly RunEvent[];
  readonly ui: UiSink;
}

function listen(run: Run, { project, setup, lock, events, ui }: Stoppable): () => void {
  return listenToSignals({
    now: () => systemClock.now(),
    onFirst: (signal) => run.cancel({ reason: 'user', message: `stopped by ${signal}` }),
    onSecond: () => {
      // Worktrees stay as they are; `orch clean` puts what is in them on their branches.
      const ended = async (): Promise<void> => {
        await attempt('not everything could be ended', () => sweepRun(setup.run));
        await attempt('the summary could not be written', () => writeSummary(project, events));
        await ui.end();
      };
      void ended().finally(() => {
        lock.release();
        process.exit(EXIT.cancelled);
      });
    },
  });
}

/** Goes on after a part of the ending failed, and says so. */
async function attempt<T>(what: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    say(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function say(line: string): void {
  process.stderr.write(`orch: ${line}\n`);
}
