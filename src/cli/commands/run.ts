/** `orch run` of tasks: from the file to the report, unattended. */
import { type RunEvent, startRun } from '../../engine/index.ts';
import { sweepContainers, sweepRun, systemClock } from '../../runner/environments/index.ts';
import { sweepTemporary } from '../../runner/jobs/index.ts';
import { worktreeRoot } from '../../runner/workspaces/index.ts';
import { hostPath } from '../../shared/brand.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { acquireRunLock, type LockHeld, type RunLock, waitForRunLock } from '../../store/index.ts';
import { createUi, openTerminal, renderPlan, type UiMode, type UiSink } from '../../ui/index.ts';
import { UsageError } from '../explain.ts';
import { type Loaded, loadProject } from '../load.ts';
import { type Project, withProject } from '../project.ts';
import { composeRun } from '../run/compose.ts';
import { attempt, forgetOldRuns, notify, say, sayLost, writeSummary } from '../run/ending.ts';
import { headerOf } from '../run/header.ts';
import { openRunOutput } from '../run/output.ts';
import { planView } from '../run/plan-view.ts';
import { requireSandboxes } from '../run/sandboxes.ts';
import { type RunOptions, type RunSetup, setUpRun } from '../run/setup.ts';
import { checkSpace } from '../run/space.ts';
import { listenForStop } from '../run/stopping.ts';

export interface RunCommandOptions extends RunOptions {
  readonly ui?: UiMode;
  readonly wait?: boolean;
  readonly dryRun?: boolean;
}

export async function run(project: Project, options: RunCommandOptions): Promise<number> {
  const ready = await makeReady(project, options);
  if (ready === undefined) return EXIT.badInput;
  if (options.dryRun === true) return showPlan(ready);
  const lock = await takeLock(project, ready.setup.run, options.wait === true);
  try {
    if (options.wait !== true) return await runLocked(project, { ...ready, lock, options });
    // While it waited, the other run or a person may have changed everything that this one starts from.
    return await withProject(async (now) => {
      const current = await makeReady(now, options, ready.setup.run);
      return current === undefined ? EXIT.badInput : runLocked(now, { ...current, lock, options });
    });
  } finally {
    lock.release();
  }
}

interface Ready {
  readonly loaded: Loaded;
  readonly setup: RunSetup;
}

/** Undefined when the file is wrong, which has been said then. */
async function makeReady(project: Project, options: RunCommandOptions, run?: string): Promise<Ready | undefined> {
  const loaded = loadProject(project, options);
  if (loaded === undefined) return undefined;
  if (options.dryRun !== true) await requireSandboxes(project, loaded);
  const setup = await setUpRun(project, loaded, options, run);
  if (options.dryRun !== true) await makeSureOfSpace(project, loaded, setup);
  return { loaded, setup };
}

function makeSureOfSpace(project: Project, { config }: Loaded, { plan, base }: RunSetup): Promise<void> {
  const path = hostPath(worktreeRoot(project.repository, config.worktrees.root));
  const trees = Math.min(plan.policy.maxParallel, plan.jobs.length);
  return checkSpace(project, { path, trees, commit: base.commit });
}

function showPlan({ loaded: { config }, setup: { plan, base } }: Ready): number {
  const view = planView(config, { maxParallel: plan.policy.maxParallel, base: base.ref });
  process.stdout.write(renderPlan(view, 'text', openTerminal(process.stdout, process.env)));
  return EXIT.success;
}

async function takeLock({ layout }: Project, run: string, wait: boolean): Promise<RunLock> {
  const onWait = (held: LockHeld): void => console.error(`orch: ${held.message}; waiting`);
  const lock = wait
    ? await waitForRunLock(layout, run, { signal: AbortSignal.timeout(2 ** 31 - 1), onWait })
    : acquireRunLock(layout, run);
  if (lock.ok) return lock.value;
  throw new UsageError(lock.error.message, { hint: lock.error.hint, exitCode: EXIT.locked });
}

interface LockedRun extends Ready {
  readonly lock: RunLock;
  readonly options: RunCommandOptions;
}

async function runLocked(project: Project, { loaded, setup, lock, options }: LockedRun): Promise<number> {
  const state: RunningState = { events: [], ui: undefined, summary: undefined };
  const stopping = listenForStop({ run: lock.info.run, release: () => lock.release() }, () =>
    writeDown(project, state),
  );
  const notices = await sweepStale(lock);
  const output = openRunOutput(project.layout, lock);
  const ui = await createUi({
    ...(options.ui === undefined ? {} : { mode: options.ui }),
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    summary: () => state.summary,
  });
  state.ui = ui;
  const { runner, sinks, masker } = await composeRun({ project, loaded, setup, output, ui });
  const record = { name: 'record', event: (event: RunEvent) => void state.events.push(event) };
  const header = headerOf({ project, loaded, setup, options, mask: (text) => masker.maskText(text) });
  const run = startRun(setup.plan, { clock: systemClock, runner, sinks: [...sinks, record] }, header);
  for (const notice of notices) run.warn('stale-lock', notice);
  stopping.attach(run);
  const { result, exitCode, lostSinks } = await run.done;
  sayLost(lostSinks);
  for (const warning of output.warnings) say(warning);
  // The journal first: it gives back the room on the disk that it kept for its end.
  await attempt('the journal could not be closed', () => output.close());
  state.summary = await attempt('the summary could not be written', () => writeSummary(project, state.events));
  const { onFinish } = loaded.config;
  const complaint =
    onFinish === undefined
      ? undefined
      : await notify(project, setup, { command: onFinish, result, exitCode, summary: state.summary, masker });
  if (complaint !== undefined) say(complaint);
  for (const problem of await forgetOldRuns(project)) say(problem);
  await ui.end();
  return lostSinks.length > 0 || state.summary === undefined ? Math.max(exitCode, EXIT.failed) : exitCode;
}

interface RunningState {
  readonly events: RunEvent[];
  ui: UiSink | undefined;
  summary: string | undefined;
}

/** What is to be on paper when a run is ended in its midst. */
async function writeDown(project: Project, { events, ui }: RunningState): Promise<void> {
  if (events.length > 0) await attempt('the summary could not be written', () => writeSummary(project, events));
  await attempt('the display could not be ended', async () => ui?.end());
}

/** What a crashed run has left running is ended. */
async function sweepStale({ stale }: RunLock): Promise<readonly string[]> {
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
