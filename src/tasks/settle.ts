/** Turns what a task left in its working tree into commits: the result for dependents, and the branch's tip. */

import type { TaskReport } from '../shared/verdict.ts';
import { commitMessage } from './messages.ts';
import type { JobIdentity } from './ports.ts';
import type { Left } from './record.ts';
import type { Repository, WorkTree } from './repository-port.ts';
import type { Warn } from './warnings.ts';

/** What is in the working tree now; how much that changed, when it is known. */
export type Remains = Pick<Left, 'tree' | 'head'> & Partial<Pick<Left, 'changed'>>;

export interface SettleRequest {
  readonly job: JobIdentity;
  readonly repository: Pick<Repository, 'isAncestor' | 'graft'>;
  readonly tree: WorkTree;
  readonly branch: string;
  readonly start: string;
  readonly baseline: string;
  readonly left: Remains;
  /** Where its HEAD really is, when its own commits are not followed. */
  readonly foundAt?: string;
  /** The task's own line for people, for the commit's text. */
  readonly description?: string;
  readonly warn: Warn;
}

export interface Settled {
  /** What dependents see. */
  readonly result: string;
  /** Where the task's branch points. */
  readonly tip: string;
  /** All commits from the start to the tip, when they are known without asking. */
  readonly commits?: TaskReport['commits'];
}

/** The result of a task that has shown what it claims: its own commits, and the rest in one more. */
export async function settleResult(request: SettleRequest): Promise<Settled> {
  const { repository, start, left, warn } = request;
  const { head } = left;
  const isOnStart = head.commit === start || (await repository.isAncestor(start, head.commit));
  if (!isOnStart) {
    warn(
      'history-replaced',
      `the task left HEAD at ${head.commit}, which does not contain the commit it started from; the result is built on the start`,
    );
  }
  const tip = await addRest(request, isOnStart ? head.commit : start, `task: ${request.job.leg}`);
  await moveBranch(request, tip.commit);
  return settled(request, tip, tip.commit);
}

/** The work of a task that does not pass it on stays at the tip, on top of whatever the task itself has committed. */
export async function settleWork(request: SettleRequest, why: string): Promise<Settled> {
  const { job, start, left } = request;
  const tip = await addRest(request, left.head.commit, `wip: ${job.leg} (${why})`);
  await moveBranch(request, tip.commit);
  return settled(request, tip, start);
}

interface Tip {
  readonly commit: string;
  readonly parent: string;
  readonly subject: string;
}

/** A commit of the tree on `parent`, or `parent` itself when there is nothing to add to it. */
async function addRest(request: SettleRequest, parent: string, subject: string): Promise<Tip> {
  const { tree, left, job, description } = request;
  if (!(await hasRest(request, parent))) return { commit: parent, parent, subject };
  const commit = await tree.commit({ tree: left.tree, parent, message: commitMessage(job, subject, description) });
  return { commit, parent, subject };
}

async function hasRest({ tree, start, baseline, left }: SettleRequest, parent: string): Promise<boolean> {
  if (parent !== start) return (await tree.changes(parent, left.tree)).length > 0;
  // Measured from the baseline: what only `setup` has changed makes no commit of its own.
  return left.changed === undefined ? (await tree.changes(baseline, left.tree)).length > 0 : left.changed.total > 0;
}

function settled({ start }: SettleRequest, { commit, parent, subject }: Tip, result: string): Settled {
  if (parent !== start) return { result, tip: commit };
  return { result, tip: commit, commits: commit === start ? [] : [{ id: commit, subject }] };
}

async function moveBranch({ tree, branch, left, foundAt, warn }: SettleRequest, tip: string): Promise<void> {
  const { head } = left;
  if (head.branch !== branch) {
    const where = head.branch === undefined ? 'no branch' : `the branch ${head.branch}`;
    warn(
      'branch-switched',
      `the task left ${where} checked out; its work is on ${branch}, and any other branch stays as the task left it`,
    );
  }
  if (head.branch !== branch || (foundAt ?? head.commit) !== tip) await tree.setBranch(branch, tip);
}
