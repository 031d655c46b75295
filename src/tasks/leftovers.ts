/** Keeps what a failed attempt has done before the next one starts from a clean tree. */
import type { Failure } from '../shared/failure.ts';
import { confine } from './confinement.ts';
import { commitMessage } from './messages.ts';
import type { JobIdentity } from './ports.ts';
import type { Repository, WorkTree } from './repository-port.ts';
import { type Warn, warnOfRemarks } from './warnings.ts';

export interface LeftoversRequest {
  readonly job: JobIdentity;
  readonly repository: Pick<Repository, 'graft'>;
  readonly tree: WorkTree;
  readonly start: string;
  readonly baseline: string;
  /** The only folders that the task may change; all of them when there is none. */
  readonly writable: readonly string[];
  readonly guarded: readonly string[];
  readonly attempt: number;
  readonly failure: Failure;
  readonly warn: Warn;
}

/**
 * Commits the leftovers as work in progress, on top of whatever the attempt itself has committed, and gives them a
 * branch of their own. Undefined when the attempt has changed nothing.
 */
export async function keepLeftovers(request: LeftoversRequest): Promise<string | undefined> {
  const { job, repository, tree, start, writable, guarded, attempt, failure } = request;
  const found = await tree.head();
  const capture = await tree.capture();
  warnOfRemarks(request.warn, capture);
  for (const problem of capture.problems)
    request.warn(
      problem.code,
      `the leftovers of attempt ${attempt} are not kept as they should be: ${problem.message}`,
    );
  const whole = { tree: capture.tree, head: found };
  const { tree: kept, head } = await confine({ repository, start, writable, guarded, left: whole });
  const isChanged = (await tree.changes(request.baseline, kept)).length > 0;
  if (!isChanged && head.commit === start) return undefined;
  const subject = `wip: ${job.leg}, attempt ${attempt} (${failure.code})`;
  const commit = await tree.commit({
    tree: kept,
    parent: head.commit,
    message: commitMessage(job, subject, failure.message),
  });
  // Not below the task's own branch: a ref cannot be a file and a folder at once.
  await tree.setBranch(attemptBranch(job, attempt), commit);
  return commit;
}

export function attemptBranch(job: Pick<JobIdentity, 'run' | 'leg'>, attempt: number): string {
  return `${attemptBranches(job)}/${attempt}`;
}

/** What the branches of all attempts of a leg begin with. */
export function attemptBranches({ run, leg }: Pick<JobIdentity, 'run' | 'leg'>): string {
  return `orch-attempts/${run}/${leg}`;
}
