/** `orch report`: the summary of a run once more, from its journal. */
import { createRunFold, renderSummary, writeReport } from '../../reports/index.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { type RunRecord, readJournal } from '../../store/index.ts';
import { openDisplay } from '../display.ts';
import { withProject } from '../project.ts';
import { chooseRun, summaryPath } from '../runs.ts';

export interface ReportOptions {
  readonly run: string | undefined;
  readonly stdout?: boolean;
}

export async function report({ run, stdout = false }: ReportOptions): Promise<number> {
  return withProject(async ({ layout }) => {
    const record = chooseRun(layout, run);
    if (record.state === 'running') console.error(`orch: run ${record.run} is still on; this is what there is so far`);
    const summary = await rebuild(record);
    const { terminal } = openDisplay();
    if (stdout) {
      terminal.write(summary);
      return EXIT.success;
    }
    const path = summaryPath(layout, record);
    await writeReport(layout.root, path, summary);
    terminal.write(`${path}\n`);
    return EXIT.success;
  });
}

/** What is damaged in the journal is named, and what it would have told is missing from the summary. */
async function rebuild({ paths }: RunRecord): Promise<string> {
  const fold = createRunFold();
  for await (const entry of readJournal(paths.journal)) {
    if (entry.kind === 'event') fold.add(entry.event);
    else console.error(`orch: ${paths.relative}/events.jsonl: ${entry.problem.message}`);
  }
  return renderSummary(fold.view());
}
