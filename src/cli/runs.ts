/** The run that a command is about, and where it stands. */
import { existsSync } from 'node:fs';
import { nearest } from '../shared/diagnostic.ts';
import {
  findRun,
  type Layout,
  latestMainRun,
  listRuns,
  type RunRecord,
  type RunStatus,
  readJournal,
  statusFold,
} from '../store/index.ts';
import { UsageError } from './explain.ts';

/** The run of that name, or the latest main run. */
export function chooseRun(layout: Layout, named: string | undefined): RunRecord {
  const found = named === undefined ? latestMainRun(layout) : findRun(layout, named);
  if (found !== undefined) return found;
  if (named === undefined) throw new UsageError('there is no run yet', { hint: 'start one: orch run' });
  const near = nearest(
    named,
    listRuns(layout).map(({ run }) => run),
  );
  const hint = near === undefined ? 'the runs that are remembered are in logs/runs/' : `did you mean ${near}?`;
  throw new UsageError(`there is no run "${named}"`, { hint });
}

export type ShownStatus = Omit<RunStatus, 'run' | 'state'> & {
  readonly run: string;
  readonly state: RunStatus['state'] | 'crashed';
};

/** From the journal, as far as it goes; a run whose process is gone before its end has crashed. */
export async function readStatus(record: RunRecord): Promise<ShownStatus> {
  const fold = statusFold();
  // A run has its folder a moment before its journal.
  if (existsSync(record.paths.journal)) {
    for await (const entry of readJournal(record.paths.journal)) if (entry.kind === 'event') fold.add(entry.event);
  }
  const view = fold.view();
  return { ...view, run: record.run, state: record.state === 'crashed' ? 'crashed' : view.state };
}
