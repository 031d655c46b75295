/** What a run leaves on disk while it goes on: its folder, its journal, its logs, and their latest names. */

import { join } from 'node:path';
import type { EventSink } from '../../engine/index.ts';
import type { LogOf } from '../../runner/jobs/index.ts';
import { hostPath } from '../../shared/brand.ts';
import {
  createJournal,
  createRunDirectory,
  type Journal,
  journalSink,
  type Latest,
  type Layout,
  logFileName,
  openLatest,
  type RunLock,
  type RunPaths,
} from '../../store/index.ts';

export interface RunOutput {
  readonly paths: RunPaths;
  readonly sink: EventSink;
  /** A log that is there gets its latest name too. */
  readonly logOf: LogOf;
  /** What could not be shown under its latest name, a sentence each. */
  readonly warnings: readonly string[];
  readonly close: () => Promise<void>;
}

/** Only for the holder of the lock, since the latest names are taken. */
export function openRunOutput(layout: Layout, lock: RunLock): RunOutput {
  const paths = createRunDirectory(layout, lock.info);
  const journal: Journal = createJournal(paths.journal);
  const latest: Latest = openLatest(layout, lock.info.run);
  const warnings: string[] = [];
  const note = (published: ReturnType<Latest['publishLog']>): void => {
    if (!published.ok) warnings.push(published.message);
  };
  note(latest.publishJournal(paths.journal));
  return {
    paths,
    sink: journalSink(journal),
    logOf: (leg) => {
      const name = logFileName(leg);
      const path = hostPath(join(paths.directory, name));
      return { path, shown: `${paths.relative}/${name}`, published: () => note(latest.publishLog(path)) };
    },
    warnings,
    close: async () => {
      await journal.close();
      latest.finish();
    },
  };
}
