/** The framework review that comes by itself after a main run, when the file says so. */
import { MachineError } from '../../shared/failure.ts';
import { explain, UsageError } from '../explain.ts';
import type { Loaded } from '../load.ts';
import type { Project } from '../project.ts';
import { say } from '../run/ending.ts';
import { requireSandboxes } from '../run/sandboxes.ts';
import { collectTaskSecrets, hostEnvironment } from '../run/setup.ts';
import { type ReviewOptions, reviewFramework, reviewOf } from './review.ts';

interface ReviewChoice extends Omit<ReviewOptions, 'run' | 'wait'> {
  /** False: none comes, whatever the file says. */
  readonly frameworkReview?: boolean;
}

interface RunOver {
  readonly run: string;
  readonly loaded: Loaded;
  readonly result: string;
  /** By a signal: nobody wants more of this. */
  readonly stopped: boolean;
  readonly stopListening: () => void;
}

/** What the review will lack is said before the run, not hours later. Throws `UsageError` and `MachineError`. */
export async function checkReviewToCome(project: Project, loaded: Loaded, options: ReviewChoice): Promise<void> {
  const after = loaded.config.frameworkReview?.after;
  if (after === undefined || after === 'never' || options.frameworkReview === false) return;
  const review = reviewOf(loaded);
  await requireSandboxes(project, review);
  collectTaskSecrets(review, options, hostEnvironment(options));
}

/** The main run's exit code stays what it is; what becomes of the review is told by the review's own run. */
export async function reviewAfter(over: RunOver, options: ReviewChoice): Promise<void> {
  if (!isWanted(over, options)) return;
  over.stopListening();
  const { config, input, var: vars, secret, secretFile, envFile, ui } = options;
  try {
    await reviewFramework({
      run: over.run,
      ...(config === undefined ? {} : { config }),
      ...(input === undefined ? {} : { input }),
      ...(vars === undefined ? {} : { var: vars }),
      ...(secret === undefined ? {} : { secret }),
      ...(secretFile === undefined ? {} : { secretFile }),
      ...(envFile === undefined ? {} : { envFile }),
      ...(ui === undefined ? {} : { ui }),
    });
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof MachineError)) throw error;
    explain(error);
    say(`the framework review was not started; later: orch framework-review ${over.run}`);
  }
}

function isWanted({ loaded, result, stopped }: RunOver, { frameworkReview }: ReviewChoice): boolean {
  const after = loaded.config.frameworkReview?.after;
  if (after === undefined || frameworkReview === false || stopped) return false;
  return after === 'always' || (after === 'failure' && result !== 'success');
}
