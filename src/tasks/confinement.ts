/** Keeps to the folders that a task may change what is committed of it, whatever else it has done to its tree. */
import type { Repository, WorkTree } from './repository-port.ts';

export interface ConfineRequest<T> {
  readonly repository: Pick<Repository, 'graft'>;
  /** The commit that the task began with. */
  readonly start: string;
  /** All of the tree when there is none. */
  readonly writable: readonly string[];
  /** Paths in these folders that stay as they were. */
  readonly guarded: readonly string[];
  readonly left: T;
}

interface Remaining {
  readonly tree: string;
  readonly head: Awaited<ReturnType<WorkTree['head']>>;
}

/** The start with those folders as they were left. Commits of the task's own are not followed: they may hold more. */
export async function confine<T extends Remaining>(request: ConfineRequest<T>): Promise<T> {
  const { repository, start, writable, guarded, left } = request;
  if (writable.length === 0) return left;
  const tree = await repository.graft({
    tree: start,
    paths: [...writable.map((path) => ({ path, from: left.tree })), ...guarded.map((path) => ({ path, from: start }))],
  });
  return { ...left, tree, head: { ...left.head, commit: start } };
}
