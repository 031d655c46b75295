/** The summary of a run on GitHub, as Markdown. */
import { MachineError } from '../../src/shared/failure.ts';
import type { TaskReport } from '../../src/shared/verdict.ts';

/** A leg of a task, as `finish-task` left it. */
export interface LegReport {
  readonly job: string;
  readonly leg: string;
  readonly index: number;
  readonly report?: TaskReport;
  /** What happened in its steps, one JSON object a line. */
  readonly events?: string;
}

/** Job id to its result, from GitHub's `needs` context. */
export type JobResults = ReadonlyMap<string, string>;

/** Red first. */
const ORDER = ['failure', 'cancelled', 'skipped', 'success'];
const ICONS: Readonly<Record<string, string>> = { success: '✅', failure: '❌', cancelled: '⛔', skipped: '⏭️' };

export function readResults(needs: string): JobResults {
  try {
    const jobs = JSON.parse(needs) as Record<string, { readonly result?: unknown }>;
    return new Map(Object.entries(jobs).map(([job, { result }]) => [job, String(result)]));
  } catch {
    throw new MachineError({ code: 'input-invalid', message: 'needs wants the JSON of ${{ toJSON(needs) }}' });
  }
}

export function renderSummary(results: JobResults, reports: readonly LegReport[]): string {
  const jobs = [...results].toSorted(([, a], [, b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
  const rows = jobs.flatMap(([job, result]) => {
    const legs = reports.filter((report) => report.job === job).toSorted((a, b) => a.index - b.index);
    return legs.length === 0 ? [row(job, result, undefined)] : legs.map(({ leg, report }) => row(leg, result, report));
  });
  const failed = jobs.filter(([, result]) => result === 'failure').length;
  const title = failed === 0 ? `${jobs.length} tasks` : `${failed} of ${jobs.length} tasks failed`;
  return [
    `## ${title}`,
    '',
    '| | task | evidence | attempts | changed | branch |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function row(name: string, result: string, report: TaskReport | undefined): string {
  const evidence = report?.verdict.evidence.map(({ ok, seen }) => `${ok ? '✓' : '✗'} ${plain(seen)}`).join('<br>');
  const cells = [
    ICONS[result] ?? result,
    plain(name),
    evidence ?? result,
    report === undefined ? '' : String(report.attempts),
    report === undefined ? '' : String(report.changed.total),
    report?.branch === undefined ? '' : code(report.branch),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** A task may have chosen the text: it must not end a cell, nor bring markup along. */
function plain(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_{}[\]()#+!|~]/g, (character) => `\\${character}`);
}

function code(text: string): string {
  return `<code>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('|', '&#124;')}</code>`;
}
