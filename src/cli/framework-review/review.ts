/** A framework review: the stream beside the main runs, from its lock to its report. */
import { translateFrameworkReview } from '../../orchestrator/index.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import {
  acquireStreamLock,
  type LockHeld,
  type LockState,
  lookAtRunLock,
  newRunId,
  type RunLock,
  waitForLock,
  waitForNoRun,
} from '../../store/index.ts';
import type { UiMode } from '../../ui/index.ts';
import type { JsonObject } from '../../workflow/index.ts';
import { UsageError } from '../explain.ts';
import { type Loaded, loadProject } from '../load.ts';
import { type Project, withProject } from '../project.ts';
import { say } from '../run/ending.ts';
import { openStreamOutput } from '../run/output.ts';
import { refuseOwnRun } from '../run/own-run.ts';
import { type Performed, performRun } from '../run/perform.ts';
import { reviewWords } from '../run/rerun-words.ts';
import { requireSandboxes } from '../run/sandboxes.ts';
import { type RunOptions, setUpRun } from '../run/setup.ts';
import { checkSpaceForTasks } from '../run/space.ts';
import { chooseReviewed, type ReviewedRun } from './reviewed-run.ts';

export interface ReviewOptions
  extends Pick<RunOptions, 'config' | 'input' | 'var' | 'secret' | 'secretFile' | 'envFile'> {
  /** The run that is reviewed; the latest main run unless told. */
  readonly run?: string | undefined;
  readonly ui?: UiMode;
  readonly wait?: boolean;
}

const STREAM = 'framework-review';

/** The exit code. Throws `UsageError` for what keeps it from starting. */
export async function reviewFramework(options: ReviewOptions): Promise<number> {
  const isWaiting = options.wait === true;
  // What is wrong with the file is said before anything is waited for.
  const mayStart = await withProject(async (project) => {
    if (loadReview(project, options) === undefined) return false;
    if (!isWaiting) refuseDuringRun(lookAtRunLock(project.layout));
    return true;
  });
  if (!mayStart) return EXIT.badInput;
  const run = newRunId(new Date());
  const lock = await withProject((project) => takeTurn(project, { run, isWaiting }));
  try {
    // The run that was waited for may have changed everything.
    const performed = await withProject((project) => reviewLocked(project, { options, run, lock }));
    return performed?.exitCode ?? EXIT.badInput;
  } finally {
    lock.release();
  }
}

/** The review of a file as a file of its own. Undefined when the file is wrong, which has been said then. */
export function loadReview(project: Project, options: ReviewOptions): Loaded | undefined {
  const { config, input, var: vars } = options;
  const loaded = loadProject(project, {
    ...(config === undefined ? {} : { config }),
    ...(input === undefined ? {} : { input }),
    ...(vars === undefined ? {} : { var: vars }),
  });
  return loaded && reviewOf(loaded);
}

/** Throws `UsageError` for a file without one. */
export function reviewOf(loaded: Loaded): Loaded {
  const review = translateFrameworkReview(loaded.config);
  if (review !== undefined) return { ...loaded, ...review };
  throw new UsageError(`${loaded.file} has no "framework_review"`, {
    hint: 'orch init --contour framework-review adds one',
  });
}

interface Turn {
  readonly run: string;
  readonly isWaiting: boolean;
}

/** The stream's lock, at a moment at which no main run is on. The main run's own lock is only looked at. */
async function takeTurn({ layout }: Project, { run, isWaiting }: Turn): Promise<RunLock> {
  const waiting = {
    signal: AbortSignal.timeout(2 ** 31 - 1),
    onWait: (held: LockHeld): void => {
      refuseOwnRun('the framework review', held);
      say(`${held.message}; waiting`);
    },
  };
  const acquire = (): ReturnType<typeof acquireStreamLock> => acquireStreamLock(layout, { stream: STREAM, run });
  for (;;) {
    const state = isWaiting ? await waitForNoRun(layout, waiting) : lookAtRunLock(layout);
    refuseDuringRun(state);
    if (state.kind === 'stale') say(state.stale.message);
    const lock = isWaiting ? await waitForLock(acquire, waiting) : acquire();
    if (!lock.ok) {
      const { message, hint } = lock.error;
      throw new UsageError(`one framework review at a time: ${message}`, { hint, exitCode: EXIT.locked });
    }
    // While another review was waited for, a main run may have begun.
    if (lookAtRunLock(layout).kind !== 'held') return lock.value;
    lock.value.release();
  }
}

function refuseDuringRun(state: LockState): void {
  if (state.kind !== 'held') return;
  refuseOwnRun('the framework review', state.held);
  throw new UsageError(`a framework review comes after a run, not beside it: ${state.held.message}`, {
    hint: '--wait waits for its end',
    exitCode: EXIT.locked,
  });
}

interface Locked {
  readonly options: ReviewOptions;
  readonly run: string;
  readonly lock: RunLock;
}

async function reviewLocked(project: Project, { options, run, lock }: Locked): Promise<Performed | undefined> {
  const loaded = loadReview(project, options);
  if (loaded === undefined) return undefined;
  const reviewed = chooseReviewed(project.layout, options.run);
  await requireSandboxes(project, loaded);
  const setup = await setUpRun(project, loaded, options, { run, event: eventOf(project, reviewed) });
  await checkSpaceForTasks(project, loaded, setup);
  return performRun(project, {
    loaded,
    setup,
    lock,
    options,
    openOutput: () => openStreamOutput(project, run),
    marks: {
      stream: STREAM,
      reviewOf: reviewed.record.run,
      rerunWith: reviewWords(options, reviewed.record.run, project.repository.root),
    },
  });
}

/** As on GitHub, where the end of a run of the main workflow starts the review. */
function eventOf({ repository }: Project, { record, started }: ReviewedRun): JsonObject {
  return {
    action: 'completed',
    workflow_run: {
      id: record.run,
      name: started.name,
      event: 'workflow_dispatch',
      status: 'completed',
      conclusion: record.finished?.result ?? 'failure',
      head_branch: repository.head.branch ?? null,
      head_sha: started.base?.commit ?? repository.head.commit,
      run_attempt: 1,
    },
  };
}
