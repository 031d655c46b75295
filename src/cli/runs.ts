/** The run that a command is about, and where it stands. */
import { existsSync } from 'node:fs';
import { createRunFold, type RunState, type RunView, stateOf } from '../reports/index.ts';
import { nearest } from '../shared/diagnostic.ts';
import { findRun, type Layout, latestMainRun, listRuns, type RunRecord, readJournal } from '../store/index.ts';
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

export interface ShownRun {
  readonly run: string;
  readonly view: RunView;
  readonly state: RunState;
}

/** From the journal, as far as it goes; a run whose process is gone before its end has crashed. */
export async function readRun(record: RunRecord): Promise<ShownRun> {
  const fold = createRunFold();
  // A run has its folder a moment before its journal.
  if (existsSync(record.paths.journal)) {
    for await (const entry of readJournal(record.paths.journal)) if (entry.kind === 'event') fold.add(entry.event);
  }
  const view = fold.view();
  return { run: record.run, view, state: stateOf(view, record.state === 'crashed') };
}
