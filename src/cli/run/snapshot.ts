/** `--include-uncommitted`: the working tree as it stands, as a commit that touches nothing of the user's. */
import type { RunBase } from '../../engine/index.ts';
import { snapshotUncommitted } from '../../runner/workspaces/index.ts';
import { LOGS, SUMMARY } from '../../store/index.ts';
import { UsageError } from '../explain.ts';
import type { Project } from '../project.ts';

export async function snapshot({ repository }: Project, base: string): Promise<RunBase> {
  if (base !== repository.head.commit) {
    throw new UsageError(
      '--include-uncommitted takes the working tree as it stands on HEAD, so it goes with no other base',
    );
  }
  const taken = await snapshotUncommitted(repository, {
    exclude: [LOGS, SUMMARY],
    message: 'orch: snapshot of the working tree',
  });
  if (!taken.ok) {
    const [first] = taken.error;
    throw new UsageError(
      first?.message ?? 'the working tree cannot be taken',
      first?.hint === undefined ? {} : { hint: first.hint },
    );
  }
  const { commit, changed } = taken.value;
  if (changed === 0) return { commit, ref: 'the working tree', uncommitted: false };
  return { commit, ref: 'the working tree', uncommitted: true, changed };
}
