/** A commit of the main checkout as it stands, uncommitted work included, that leaves the checkout untouched. */
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../../shared/diagnostic.ts';
import type { Result } from '../../shared/result.ts';
import { err, ok } from '../../shared/result.ts';
import { bytePath } from './bytes.ts';
import { captureTree } from './capture.ts';
import { commitTree } from './history.ts';
import { guard } from './machine-failure.ts';
import type { GitRepository } from './repository.ts';
import { isRegular } from './safe-files.ts';
import { declaredSubmodules } from './submodules.ts';

export interface SnapshotRequest {
  /** Paths from the top of the checkout, files or directories: orch's own output. */
  readonly exclude: readonly string[];
  readonly message: string;
}

/**
 * Tracked and untracked files, ignored ones left out, as a commit on top of HEAD; HEAD itself when there is nothing
 * to add. Index, stash and HEAD stay as they are. What cannot be committed is a diagnostic each.
 */
export const snapshotUncommitted = guard(snapshot);

async function snapshot(
  repository: GitRepository,
  request: SnapshotRequest,
): Promise<Result<{ readonly commit: string; readonly changed: number }, readonly Diagnostic[]>> {
  const { git, root, head } = repository;
  const index = join(git.gitDir, 'snapshot-index');
  const own = join(repository.gitDir, 'index');
  // The user's index spares reading every file again, and knows what is added and what is sparse.
  if (await isRegular(own)) await copyFile(own, index);
  try {
    const captured = await captureTree(repository, {
      workTree: root,
      index,
      start: head.commit,
      excluded: request.exclude.map(bytePath),
      submodules: await declaredSubmodules(git, root),
      keepRef: 'snapshot',
    });
    if (captured.problems.length > 0) return err(captured.problems.map(toDiagnostic));
    if (captured.changes.length === 0) return ok({ commit: head.commit, changed: 0 });
    const commit = await commitTree(repository, {
      tree: captured.tree,
      parents: [head.commit],
      message: request.message,
    });
    return ok({ commit, changed: captured.changes.length });
  } finally {
    await rm(index, { force: true });
  }
}

function toDiagnostic(problem: {
  readonly message: string;
  readonly hint?: string;
  readonly details?: readonly string[];
}): Diagnostic {
  const paths = problem.details ?? [];
  const named = paths.length === 0 ? '' : `: ${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ' …' : ''}`;
  const hint = problem.hint ?? 'commit, remove or ignore them, or run without --include-uncommitted';
  return { severity: 'error', code: 'uncommitted-unsafe', message: `${problem.message}${named}`, hint };
}
