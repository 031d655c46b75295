/** What a run of tasks leaves on disk while it goes on: its folder, its journal, its logs, and their latest names. */

import { join } from 'node:path';
import type { EventSink, RunEvent } from '../../engine/index.ts';
import type { LogOf } from '../../runner/jobs/index.ts';
import { hostPath } from '../../shared/brand.ts';
import {
  createJournal,
  createRunDirectory,
  type Journal,
  journalSink,
  type Latest,
  logFileName,
  openLatest,
  type RunLock,
  type RunPaths,
} from '../../store/index.ts';
import type { Project } from '../project.ts';
import { openWorkflowOutput } from '../workflow/run-output.ts';
import { writeSummary } from './ending.ts';

export interface RunOutput {
  readonly paths: RunPaths;
  readonly sink: EventSink;
  /** A log that is there gets its latest name too. */
  readonly logOf: LogOf;
  /** What could not be shown under its latest name, a sentence each. */
  readonly warnings: readonly string[];
  readonly close: () => Promise<void>;
  /** The path of the summary, relative to the repository's root. */
  readonly summarize: (events: readonly RunEvent[]) => Promise<string>;
}

/** Only for the holder of the lock, since the latest names are taken. */
export function openRunOutput(project: Project, lock: RunLock): RunOutput {
  const { layout } = project;
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
    summarize: (events) => writeSummary(project, events),
  };
}

/** Of a run beside the main ones: its own folder, and none of the fixed names. */
export function openStreamOutput(project: Project, run: string): RunOutput {
  return { ...openWorkflowOutput(project, run), warnings: [] };
}
