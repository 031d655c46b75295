/** `summarize-tasks`: the run's summary, from what the tasks have left. */
import { setFailed, summary, warning } from '@actions/core';
import { MachineError } from '../../src/shared/failure.ts';
import { openArtifacts } from '../runtime/artifacts.ts';
import { readReports } from '../runtime/results.ts';
import { openResultsService } from '../runtime/results-service.ts';
import { readResults, renderSummary } from '../runtime/summary.ts';

try {
  const results = readResults(process.env['INPUT_NEEDS'] ?? '');
  const artifacts = openArtifacts(openResultsService(process.env), process.env['RUNNER_TEMP'] ?? '.');
  const { reports, unread } = await readReports(artifacts, results.keys());
  for (const name of unread) warning(`the artifact ${name} is no result of a task`);
  await summary.addRaw(renderSummary(results, reports)).write();
} catch (error) {
  if (!(error instanceof MachineError)) throw error;
  setFailed([error.failure.message, error.failure.hint].filter(Boolean).join('\n'));
}
