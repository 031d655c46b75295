/** What reviews came to: in words beside a task, and in a section of their own. */
import { SEVERITIES } from '../shared/verdict.ts';
import { plural } from './figures.ts';
import { type Cell, code, prose, proseName, strong, table } from './markdown.ts';
import type { LegView, RunView } from './view.ts';

const ROWS = 1000;

const VERDICTS = { approve: 'approved', 'changes-requested': 'changes requested' } as const;

/** `approved in round 2: 3 findings (1 major, 2 minor)`; empty without a review. */
export function reviewInWords({ review }: Pick<LegView, 'review'>): string {
  if (review === undefined) return '';
  const round = review.round > 1 ? ` in round ${review.round}` : '';
  const counts = SEVERITIES.flatMap((severity) => {
    const count = review.findings[severity];
    return count > 0 ? `${count} ${severity}` : [];
  });
  const total = SEVERITIES.reduce((sum, severity) => sum + review.findings[severity], 0);
  const found = total === 0 ? '' : `: ${plural(total, 'finding')} (${counts.join(', ')})`;
  return `${VERDICTS[review.verdict]}${round}${found}`;
}

/** Every round of every review, with where its reports are and what its reviewer was known to have seen. */
export function reviewsSection(view: RunView): string {
  const rows = view.legs.flatMap((leg) => (leg.task?.review === undefined ? [] : [rowOf(leg, leg.task.review, view)]));
  if (rows.length === 0) return '';
  const head = ['task', 'round', 'verdict', ...SEVERITIES, 'context', 'reports'];
  const rest = rows.length > ROWS ? `\nAnd ${rows.length - ROWS} more.\n` : '';
  return `## Reviews\n\n${table(head, rows.slice(0, ROWS))}${rest}`;
}

function rowOf(leg: LegView, review: NonNullable<LegView['review']>, view: RunView): Cell[] {
  const verdict = VERDICTS[review.verdict];
  return [
    proseName(`${review.task}${leg.id.slice(leg.job.length)}`),
    String(review.round),
    review.verdict === 'approve' ? verdict : strong(verdict),
    ...SEVERITIES.map((severity) => String(review.findings[severity] || '')),
    prose(review.provenance),
    code(placeOfReports(leg, review.reports, view) ?? ''),
  ];
}

/** A folder where they were kept with the run, else the commit that has them. */
function placeOfReports({ id, task }: LegView, reports: readonly string[], { started }: RunView): string | undefined {
  const [first] = reports;
  if (task === undefined || first === undefined) return undefined;
  const folder = first.slice(0, first.lastIndexOf('/') + 1);
  if (started !== undefined && task.artifacts.some(({ path }) => path === first))
    return `logs/runs/${started.run}/artifacts/${id}/${folder}`;
  return task.branch === undefined ? undefined : `git show ${task.branch}:${folder}`;
}
