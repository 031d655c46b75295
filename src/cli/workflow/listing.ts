/** What would run, as text: the workflows with their events, and their jobs with what these need. */
import type { Prepared } from './prepare.ts';
import { workflowName } from './run-title.ts';

export function listWorkflows(runs: readonly Prepared[]): string {
  return runs.map((run) => `${[headOf(run), ...run.resolved.workflow.jobs.map(lineOf)].join('\n')}\n`).join('\n');
}

function headOf({ file, event }: Prepared): string {
  return plain(`${workflowName(file)} (${file.path}) on ${event.name}, ${event.ref}`);
}

function lineOf(job: Prepared['resolved']['workflow']['jobs'][number]): string {
  const after = job.needs.length === 0 ? '' : `  after ${job.needs.join(', ')}`;
  const calls = job.kind === 'call' ? `  calls ${job.uses.value}` : '';
  const matrix = job.strategy === undefined ? '' : '  with a matrix';
  return plain(`  ${job.id}${after}${calls}${matrix}`);
}

/** Names come from files, and must not steer the terminal. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd');
}
