/** What a workflow run leaves on disk: its own folder among the runs, and none of the fixed names, so that two may go at once. */

import { join } from 'node:path';
import { type EventSink, type RunEvent } from '../../engine/index.ts';
import { foldRun, renderSummary, writeReport } from '../../reports/index.ts';
import type { LogOf } from '../../runner/jobs/index.ts';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import {
  continueJournal,
  createJournal,
  createRunDirectory,
  describeSelf,
  type Journal,
  journalSink,
  logFileName,
  probeProcesses,
  type RunPaths,
} from '../../store/index.ts';
import type { Project } from '../project.ts';

export interface WorkflowOutput {
  readonly paths: RunPaths;
  readonly sink: EventSink;
  readonly logOf: LogOf;
  readonly close: () => Promise<void>;
  /** The path of the summary, relative to the repository's root. */
  readonly summarize: (events: readonly RunEvent[]) => Promise<string>;
}

export function openWorkflowOutput({ layout, repository }: Project, run: string): WorkflowOutput {
  const paths = createRunDirectory(layout, describeSelf(run, probeProcesses(), new Date()));
  return outputTo(repository.root, paths, createJournal(paths.journal));
}

/** Of a run that goes on, in the folder that this process has taken. */
export function continueWorkflowOutput({ repository }: Project, paths: RunPaths): WorkflowOutput {
  return outputTo(repository.root, paths, continueJournal(paths.journal));
}

function outputTo(root: HostPath, paths: RunPaths, journal: Journal): WorkflowOutput {
  return {
    paths,
    sink: journalSink(journal),
    logOf: (leg) => {
      const name = logFileName(leg);
      const path = hostPath(join(paths.directory, name));
      return { path, shown: `${paths.relative}/${name}`, published: () => undefined };
    },
    close: () => journal.close(),
    summarize: async (events) => {
      const summary = `${paths.relative}/summary.md`;
      await writeReport(root, summary, renderSummary(foldRun(events)));
      return summary;
    },
  };
}
