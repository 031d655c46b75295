/** `orch run` of tasks: from the file to the report, unattended. */
import { EXIT } from '../../shared/exit-codes.ts';
import { acquireRunLock, type LockHeld, type RunLock, waitForLock } from '../../store/index.ts';
import { openTerminal, renderPlan, type UiMode } from '../../ui/index.ts';
import { UsageError } from '../explain.ts';
import { checkReviewToCome, reviewAfter } from '../framework-review/after-run.ts';
import { type Loaded, loadProject } from '../load.ts';
import { type Project, withProject } from '../project.ts';
import { openRunOutput } from '../run/output.ts';
import { refuseOwnRun } from '../run/own-run.ts';
import { type Performed, performRun } from '../run/perform.ts';
import { planView } from '../run/plan-view.ts';
import { requireSandboxes } from '../run/sandboxes.ts';
import { type RunOptions, type RunSetup, setUpRun } from '../run/setup.ts';
import { checkSpaceForTasks } from '../run/space.ts';

export interface RunCommandOptions extends RunOptions {
  readonly ui?: UiMode;
  readonly wait?: boolean;
  readonly dryRun?: boolean;
  /** False: nobody is told of the end. */
  readonly onFinish?: boolean;
  /** False: no framework review comes after it. */
  readonly frameworkReview?: boolean;
}

export async function run(project: Project, options: RunCommandOptions): Promise<number> {
  const ready = await makeReady(project, options);
  if (ready === undefined) return EXIT.badInput;
  if (options.dryRun === true) return showPlan(ready);
  const done = await runWithLock(project, options, ready);
  if (done === undefined) return EXIT.badInput;
  // The lock is gone: a review comes after a run, and has a run of its own.
  await reviewAfter(done, options);
  return done.exitCode;
}

interface Ready {
  readonly loaded: Loaded;
  readonly setup: RunSetup;
}

export interface RunDone extends Performed {
  readonly run: string;
  readonly loaded: Loaded;
}

/** Undefined when the file is wrong, which has been said then. */
async function runWithLock(project: Project, options: RunCommandOptions, ready: Ready): Promise<RunDone | undefined> {
  const { run } = ready.setup;
  const lock = await takeLock(project, run, options.wait === true);
  try {
    if (options.wait !== true) return await runLocked(project, { ...ready, lock, options });
    // While it waited, the other run or a person may have changed everything that this one starts from.
    return await withProject(async (now) => {
      const current = await makeReady(now, options, run);
      return current && runLocked(now, { ...current, lock, options });
    });
  } finally {
    lock.release();
  }
}

/** Undefined when the file is wrong, which has been said then. */
async function makeReady(project: Project, options: RunCommandOptions, run?: string): Promise<Ready | undefined> {
  const loaded = loadProject(project, options);
  if (loaded === undefined) return undefined;
  if (options.dryRun !== true) await requireSandboxes(project, loaded);
  const setup = await setUpRun(project, loaded, options, run === undefined ? {} : { run });
  if (options.dryRun === true) return { loaded, setup };
  await checkSpaceForTasks(project, loaded, setup);
  await checkReviewToCome(project, loaded, options);
  return { loaded, setup };
}

function showPlan({ loaded: { config }, setup: { plan, base, approval } }: Ready): number {
  const view = planView(config, {
    maxParallel: plan.policy.maxParallel,
    base: base.ref,
    standing: approval?.standing,
  });
  process.stdout.write(renderPlan(view, 'text', openTerminal(process.stdout, process.env)));
  return EXIT.success;
}

async function takeLock({ layout }: Project, run: string, wait: boolean): Promise<RunLock> {
  const onWait = (held: LockHeld): void => {
    refuseOwnRun('the run', held);
    console.error(`orch: ${held.message}; waiting`);
  };
  const acquire = (): ReturnType<typeof acquireRunLock> => acquireRunLock(layout, run);
  const lock = wait ? await waitForLock(acquire, { signal: AbortSignal.timeout(2 ** 31 - 1), onWait }) : acquire();
  if (lock.ok) return lock.value;
  throw new UsageError(lock.error.message, { hint: lock.error.hint, exitCode: EXIT.locked });
}

interface LockedRun extends Ready {
  readonly lock: RunLock;
  readonly options: RunCommandOptions;
}

async function runLocked(project: Project, { loaded, setup, lock, options }: LockedRun): Promise<RunDone> {
  const performed = await performRun(project, {
    loaded,
    setup,
    lock,
    options,
    openOutput: () => openRunOutput(project, lock),
    onFinish: options.onFinish === false ? undefined : loaded.config.onFinish,
  });
  return { ...performed, run: setup.run, loaded };
}
