/** How long a task's step and job may take at most, so that GitHub's own limits never cut a task short. */
import type { Config, Task } from '../config.ts';

const MINUTE = 60_000;
/** Ending processes and reading what an attempt changed. */
const ATTEMPT_GRACE = MINUTE;
const PREPARE = 10 * MINUTE;
const FINISH = 10 * MINUTE;
/** Delays double up to this, or stay at the first one when that is longer. */
const LONGEST_DELAY = 5 * MINUTE;

export interface Limits {
  /** Whole minutes. */
  readonly step: number;
  readonly job: number;
}

export function limitsOf(task: Task, config: Config): Limits {
  const attempts = task.retries + 1;
  const verify = task.verify === undefined ? 0 : task.verifyTimeout;
  const step = minutes(attempts * (task.timeout + verify + ATTEMPT_GRACE) + delaysOf(task));
  const setup = config.worktrees.setup === undefined ? 0 : config.worktrees.setupTimeout;
  return { step, job: step + minutes(PREPARE + setup + FINISH) };
}

function delaysOf({ retries, retryDelay }: Task): number {
  const longest = Math.max(LONGEST_DELAY, retryDelay);
  let sum = 0;
  for (let retry = 0; retry < retries; retry++) sum += Math.min(longest, retryDelay * 2 ** retry);
  return sum;
}

function minutes(milliseconds: number): number {
  return Math.ceil(milliseconds / MINUTE);
}
