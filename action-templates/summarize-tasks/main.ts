/** `summarize-tasks`: the run's summary, from what the tasks have left. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFailed, summary, warning } from '@actions/core';
import { MachineError } from '../../src/shared/failure.ts';
import { type ArtifactStore, openArtifacts } from '../runtime/artifacts.ts';
import { JOURNAL, JOURNAL_ARTIFACT, journalOf } from '../runtime/journal.ts';
import { readReports } from '../runtime/results.ts';
import { openResultsService } from '../runtime/results-service.ts';
import { type JobResults, type LegReport, readResults, renderSummary } from '../runtime/summary.ts';

/** For whoever looks at the run once it is over. */
async function sendJournal(
  artifacts: ArtifactStore,
  results: JobResults,
  reports: readonly LegReport[],
): Promise<void> {
  const { env } = process;
  const folder = await mkdtemp(join(env['RUNNER_TEMP'] ?? tmpdir(), 'journal-'));
  const file = join(folder, JOURNAL);
  const journal = journalOf(
    {
      run: `${env['GITHUB_RUN_ID'] ?? ''}-${env['GITHUB_RUN_ATTEMPT'] ?? '1'}`,
      name: env['GITHUB_WORKFLOW'] ?? '',
      file: /\.github\/workflows\/[^@]+/.exec(env['GITHUB_WORKFLOW_REF'] ?? '')?.[0] ?? '',
      now: new Date().toISOString(),
      machine: {
        platform: `${process.platform}-${process.arch}`,
        cpus: availableParallelism(),
        node: process.versions.node,
      },
    },
    results,
    reports,
  );
  await writeFile(file, journal);
  await artifacts.upload(JOURNAL_ARTIFACT, folder, [file]);
}

try {
  const results = readResults(process.env['INPUT_NEEDS'] ?? '');
  const artifacts = openArtifacts(openResultsService(process.env), process.env['RUNNER_TEMP'] ?? '.');
  const { reports, unread } = await readReports(artifacts, results.keys());
  if (process.env['INPUT_JOURNAL'] === 'true') await sendJournal(artifacts, results, reports);
  for (const name of unread) warning(`the artifact ${name} is no result of a task`);
  await summary.addRaw(renderSummary(results, reports)).write();
} catch (error) {
  if (!(error instanceof MachineError)) throw error;
  setFailed([error.failure.message, error.failure.hint].filter(Boolean).join('\n'));
}
