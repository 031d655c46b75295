/** The run that a command is about, and where it stands. */
import { existsSync } from 'node:fs';
import { cleanText, createRunFold, type RunState, type RunView, stateOf } from '../reports/index.ts';
import { nearest } from '../shared/diagnostic.ts';
import {
  findRun,
  type Layout,
  latestRun,
  listRuns,
  newestRun,
  type RunRecord,
  readEvents,
  SUMMARY,
} from '../store/index.ts';
import { UsageError } from './explain.ts';

/**
 * The run of that name, or the newest, be it of tasks or of a workflow. Where others are on as well, which one was taken
 * is said on standard error.
 */
export function chooseRun(layout: Layout, named: string | undefined): RunRecord {
  const found = named === undefined ? newestRun(layout) : findRun(layout, named);
  if (found !== undefined) {
    if (named === undefined) sayOthers(layout, found);
    return found;
  }
  if (named === undefined) throw new UsageError('there is no run yet', { hint: 'start one: orch run' });
  const near = nearest(
    named,
    listRuns(layout).map(({ run }) => run),
  );
  const hint = near === undefined ? 'the runs that are remembered are in logs/runs/' : `did you mean ${near}?`;
  throw new UsageError(`there is no run "${named}"`, { hint });
}

function sayOthers(layout: Layout, chosen: RunRecord): void {
  const others = listRuns(layout).filter(({ run, state }) => state === 'running' && run !== chosen.run);
  if (others.length === 0) return;
  console.error(
    `orch: this is run ${chosen.run}; ${others.length === 1 ? 'one more is' : `${others.length} more are`} on:`,
  );
  for (const { run, started } of others) console.error(`  ${run}  ${cleanText(started?.name ?? '')}`.trimEnd());
}

/** Where the summary of a run is to be found, relative to the repository's root. */
export function summaryPath(layout: Layout, { run, paths }: RunRecord): string {
  // The fixed name is the latest main run's.
  return latestRun(layout) === run ? SUMMARY : `${paths.relative}/summary.md`;
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
    for await (const event of readEvents(record.paths.journal)) fold.add(event);
  }
  const view = fold.view();
  return { run: record.run, view, state: stateOf(view, record.state === 'crashed') };
}
