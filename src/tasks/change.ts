/** What a job is to look at: the change that another has made, as a commit that tells nothing else of how it came to be. */
import { hostPath } from '../shared/brand.ts';
import type { Failure } from '../shared/failure.ts';
import { HANDOFF, REVIEW_FOLDER } from '../shared/handoff.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { type InputReader, invalidInput } from './inputs.ts';
import type { JobIdentity, Results } from './ports.ts';
import type { Repository } from './repository-port.ts';
import { REPORTS } from './review/reports.ts';
import { pathInside } from './tree-path.ts';

export interface ChangeRequest {
  readonly results: Pick<Results, 'of'>;
  readonly repository: Pick<Repository, 'graft' | 'commit'>;
  readonly job: JobIdentity;
  /** The job at whose start the tree begins. */
  readonly startOf: string;
  /** The job whose result is looked at, if any. */
  readonly change: string | undefined;
  /** More paths of its author's own, which are shown as they were before. */
  readonly notes: readonly string[];
}

export interface FoundChange {
  /** What the working tree begins with. */
  readonly start: string;
  readonly change?: { readonly of: string; readonly since: string };
}

/** Fails as `empty` where there is nothing to look at, and as `input-invalid` for jobs that have left nothing. */
export async function findChange(request: ChangeRequest): Promise<Result<FoundChange, Failure>> {
  const { results, repository, job, startOf, change, notes } = request;
  const since = (await results.of(startOf))?.[0]?.start;
  if (since === undefined) return err(invalidInput([`start-of names ${startOf}, which has not run`]));
  if (change === undefined) return ok({ start: since });
  const of = (await results.of(change))?.[0]?.result;
  if (of === undefined) return err(invalidInput([`change names ${change}, which has not run`]));
  if (of === since)
    return err({ code: 'empty', message: `${change} has passed on nothing, so there is nothing to look at` });
  // Notes of whoever made it are none of a reviewer's business, beside the one that is meant for it.
  const paths = [
    ...[REVIEW_FOLDER, ...notes].map((path) => ({ path, from: since })),
    // Those of another review would be taken for this one's, and count for it.
    ...REPORTS.map((path) => ({ path })),
    { path: HANDOFF.path, from: of },
  ];
  const tree = await repository.graft({ tree: of, paths });
  const message = `change to be looked at\n\nOrch-Run: ${job.run}\nOrch-Task: ${job.leg}\n`;
  return ok({ start: await repository.commit({ tree, parent: since, message }), change: { of, since } });
}

/** The input `notes`: a path a line. */
export function readNotes(reader: InputReader): readonly string[] {
  const top = hostPath('/tree');
  return reader.lines('notes').map((path) => {
    const inside = pathInside(top, path)?.slice(top.length + 1) ?? '';
    if (inside === '') reader.reject(`notes names ${JSON.stringify(path)}, which is no path in the tree`);
    return inside;
  });
}
