/** Where a task starts: the base, or what its dependencies have done, merged in declared order. */
import type { Failure } from '../shared/failure.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { commitMessage, listSome } from './messages.ts';
import type { JobIdentity, Results } from './ports.ts';
import type { Repository } from './repository-port.ts';

/** What one leg of a dependency brings. */
export interface Contribution {
  readonly job: string;
  /** The job, with the leg's number when there are several. */
  readonly label: string;
  readonly commit: string;
}

/**
 * What the dependencies bring, in declared order, legs in index order. A skipped one is replaced by its own needs,
 * which may be skipped in turn; a job that is reached twice counts where it is met first.
 */
export async function findContributions(
  results: Results,
  dependencies: readonly string[],
  needs: Readonly<Record<string, readonly string[]>>,
): Promise<readonly Contribution[]> {
  const found: Contribution[] = [];
  const met = new Set<string>();
  const waiting = [...dependencies].reverse();
  for (let job = waiting.pop(); job !== undefined; job = waiting.pop()) {
    if (met.has(job)) continue;
    met.add(job);
    const legs = await results.of(job);
    if (legs === undefined) waiting.push(...(Object.hasOwn(needs, job) ? [...(needs[job] ?? [])].reverse() : []));
    else found.push(...contributionsOf(job, legs));
  }
  return found;
}

function contributionsOf(job: string, legs: readonly { readonly result: string }[]): readonly Contribution[] {
  return legs.map(({ result }, index) => ({
    job,
    label: legs.length > 1 ? `${job} (leg ${index + 1})` : job,
    commit: result,
  }));
}

export interface Merged {
  readonly commit: string;
  /** Those that brought something the others before them had not. */
  readonly from: readonly Contribution[];
}

/** All contributions in one commit, the first one's for a beginning. Fails as `merge-conflict`. */
export async function mergeContributions(
  repository: Pick<Repository, 'isAncestor' | 'merge'>,
  job: JobIdentity,
  contributions: readonly [Contribution, ...Contribution[]],
): Promise<Result<Merged, Failure>> {
  const [first, ...others] = contributions;
  let commit = first.commit;
  const from = [first];
  for (const next of others) {
    if (await contains(repository, commit, next.commit)) continue;
    if (await contains(repository, next.commit, commit)) {
      // Nothing of ours is missing from theirs: a merge commit would say nothing.
      commit = next.commit;
    } else {
      const message = commitMessage(job, `merge: ${next.label} into ${job.leg}`);
      const merge = await repository.merge({ ours: commit, theirs: next.commit, message });
      if (!merge.ok) return err(conflictFailure(next, from, merge.conflicts));
      commit = merge.commit;
    }
    from.push(next);
  }
  return ok({ commit, from });
}

async function contains(repository: Pick<Repository, 'isAncestor'>, whole: string, part: string): Promise<boolean> {
  return whole === part || (await repository.isAncestor(part, whole));
}

function conflictFailure(next: Contribution, from: readonly Contribution[], files: readonly string[]): Failure {
  const before = from.map(({ label }) => label).join(', ');
  return {
    code: 'merge-conflict',
    message: `what ${next.label} changed conflicts with what ${before} changed, in ${listSome(files, 5)}`,
    hint: `let one of these tasks depend on the other, or keep them to different files`,
    details: files,
  };
}
