/** `orch run` of tasks: from the file to the report, unattended. */
import { startRun } from '../../engine/index.ts';
import { sweepContainers, sweepRun, systemClock } from '../../runner/environments/index.ts';
import { sweepTemporary } from '../../runner/jobs/index.ts';
import { worktreeRoot } from '../../runner/workspaces/index.ts';
import { hostPath } from '../../shared/brand.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { createMasker } from '../../shared/mask.ts';
import { acquireRunLock, type LockHeld, type RunLock, waitForRunLock } from '../../store/index.ts';
import { openTerminal, renderPlan, type UiMode } from '../../ui/index.ts';
import { UsageError } from '../explain.ts';
import { type Loaded, loadProject } from '../load.ts';
import { type Project, withProject } from '../project.ts';
import { composeRun } from '../run/compose.ts';
import { followRun } from '../run/course.ts';
import { notify, say, writeSummary } from '../run/ending.ts';
import { headerOf } from '../run/header.ts';
import { openRunOutput } from '../run/output.ts';
import { planView } from '../run/plan-view.ts';
import { requireSandboxes, takeBackLoans } from '../run/sandboxes.ts';
import { type RunOptions, type RunSetup, setUpRun } from '../run/setup.ts';
import { checkSpace } from '../run/space.ts';

export interface RunCommandOptions extends RunOptions {
  readonly ui?: UiMode;
  readonly wait?: boolean;
  readonly dryRun?: boolean;
  /** False: nobody is told of the end. */
  readonly onFinish?: boolean;
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
  const { exitCode } = await followRun(project, {
    // It is listened on: what the system makes of a signal would leave the lock behind.
    stopped: { run: lock.info.run, release: () => lock.release() },
    ui: options.ui,
    open: async () => {
      const notices = await sweepStale(lock);
      await takeBackLoans(project);
      const output = openRunOutput(project.layout, lock);
      const masker = createMasker(Object.values(setup.secrets));
      return {
        sink: output.sink,
        summarize: (events) => writeSummary(project, events),
        close: () => output.close(),
        start: async (ui, sinks) => {
          const runner = await composeRun({ project, loaded, setup, output, ui, masker });
          const header = headerOf({ project, loaded, setup, options, mask: (text) => masker.maskText(text) });
          const run = startRun(setup.plan, { clock: systemClock, runner, sinks }, header);
          for (const notice of notices) run.warn('stale-lock', notice);
          return run;
        },
        finish: async (end) => {
          for (const warning of output.warnings) say(warning);
          const { onFinish: command } = loaded.config;
          const complaint =
            command === undefined || options.onFinish === false
              ? undefined
              : await notify(project, setup, { ...end, command, masker });
          if (complaint !== undefined) say(complaint);
        },
      };
    },
  });
  return exitCode;
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
