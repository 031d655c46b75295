/** The summary's sections on what did not fail: what was not run, what succeeded, and what is worth knowing beside. */
import { formatBytes, formatDuration } from '../shared/quantity.ts';
import type { Containment } from '../shared/verdict.ts';
import { type Cause, createCauses, pathOf } from './causes.ts';
import { plural } from './figures.ts';
import { nounFor } from './headline.ts';
import { type Cell, code, list, prose, proseName, strong, table, words } from './markdown.ts';
import { reviewInWords } from './reviews.ts';
import { clip } from './text.ts';
import { attemptsOf, reasonOf } from './trouble.ts';
import type { LegView, RunView, Standing } from './view.ts';
import { warningsOf } from './warnings.ts';

const ROWS = 1000;
const ITEMS = 100;

export function standing(view: RunView, ...wanted: readonly Standing[]): LegView[] {
  return view.legs.filter((leg) => wanted.includes(leg.standing));
}

export function skippedSection(view: RunView): string {
  const skipped = standing(view, 'awaiting', 'skipped', 'waiting');
  if (skipped.length === 0) return '';
  const causeOf = createCauses(view);
  const rows = skipped.slice(0, ROWS).map((leg): Cell[] => {
    const cause = leg.skipped?.reason === 'needs' ? causeOf(leg.job) : undefined;
    return [proseName(leg.name), prose(reasonOf(leg), 160), cause ? prose(causeInWords(cause), 200) : ''];
  });
  const unserved = skipped.some((leg) => leg.skipped?.reason === 'unserved');
  return joined(
    '## Not run\n',
    table(['name', 'why', 'where it began'], rows),
    cutNote(skipped.length, ROWS),
    unserved ? 'A label that this machine can serve all the same is told to it by `--platform LABEL=host`.\n' : '',
  );
}

/** `web ← api: the command ended with exit code 3, and 1 more`. */
function causeInWords(cause: Cause): string {
  const { root, others } = cause;
  const path = pathOf(cause);
  const shown = path.length > 6 ? [...path.slice(0, 2), '…', ...path.slice(-2)] : path;
  return `${shown.join(' ← ')}: ${clip(reasonOf(root), 100)}${others > 0 ? `, and ${others} more` : ''}`;
}

const RESULTS: Readonly<Record<Standing, string>> = {
  paused: 'paused',
  failed: 'failed',
  tolerated: 'failed, which is allowed',
  cancelled: 'cancelled',
  running: 'did not finish',
  waiting: 'never started',
  awaiting: 'waits for approval',
  skipped: 'skipped',
  reused: 'reused',
  succeeded: 'succeeded',
};

/** All jobs of a workflow in declared order, as GitHub's page of a run has them. */
export function jobsSection({ legs }: RunView): string {
  if (legs.length === 0) return '';
  const rows = legs.slice(0, ROWS).map((leg): Cell[] => {
    const good = leg.standing === 'succeeded' || leg.standing === 'reused';
    const failed = leg.standing === 'failed';
    const step = leg.failedStep === undefined ? '' : `${clip(leg.failedStep.name, 60)}: `;
    return [
      proseName(leg.name),
      failed ? strong(RESULTS.failed) : RESULTS[leg.standing],
      leg.duration === undefined ? '' : formatDuration(leg.duration),
      prose(good ? retriedWords(leg) : `${step}${reasonOf(leg)}`, 160),
      code(leg.log?.path ?? ''),
    ];
  });
  return joined('## Jobs\n', table(['job', 'result', 'duration', 'why', 'log'], rows), cutNote(legs.length, ROWS));
}

function retriedWords({ retried = [] }: LegView): string {
  return retried.length === 0 ? '' : `after a retry of ${[...new Set(retried)].join(', ')}`;
}

export function goodSection(title: string, legs: readonly LegView[]): string {
  if (legs.length === 0) return '';
  const rows = legs
    .slice(0, ROWS)
    .map((leg): Cell[] => [
      proseName(leg.name),
      prose(evidenceOf(leg), 120),
      reviewInWords(leg),
      attemptsOf(leg),
      formatDuration(leg.duration ?? 0),
      code(leg.task?.branch ?? ''),
      leg.task ? String(leg.task.commits.length) : '',
      leg.task ? String(leg.task.changed.total) : '',
      code(leg.log?.path ?? ''),
      code(leg.reusedFrom ?? ''),
    ]);
  const head = [
    'name',
    'evidence',
    'review',
    'attempts',
    'duration',
    'branch',
    'commits',
    'files changed',
    'log',
    'reused from',
  ];
  return joined(`## ${title}\n`, table(head, rows), cutNote(legs.length, ROWS));
}

function evidenceOf(leg: LegView): string {
  if (leg.unneeded === true) return 'not needed';
  const evidence = leg.task?.verdict.evidence ?? [];
  const seen = evidence.map(({ check, seen: what }) => (check === 'verify' ? `verify: ${what}` : what));
  return seen.length === 0 ? 'nothing was checked' : seen.join('; ');
}

export function warningsSection(view: RunView): string {
  const items = warningsOf(view).map(({ code: id, leg, message }) => {
    const where: Cell[] = leg === undefined ? [] : [code(leg)];
    const what: Cell[] = id === undefined ? [] : [code(id), leg === undefined ? '' : ' in '];
    return words(...what, ...where, ': ', prose(message));
  });
  if (items.length === 0) return '';
  return joined('## Warnings\n', list(items.slice(0, ITEMS)), cutNote(items.length, ITEMS));
}

export function containmentSection(view: RunView): string {
  // What orch does by itself has no command, and nothing to be held together.
  const ran = view.legs.filter(
    ({ task, reusedFrom }) => (task?.contained.by.length ?? 0) > 0 && reusedFrom === undefined,
  );
  const messy = ran.filter(({ task }) => task !== undefined && leftRunning(task.contained) !== '');
  if (ran.length === 0) return '';
  const ways = new Map<string, number>();
  for (const { task } of ran) {
    const by = task?.contained.by.join(' + ') ?? '';
    ways.set(by, (ways.get(by) ?? 0) + 1);
  }
  const held = [...ways].map(([by, count]) => `${plural(count, nounFor(view))} by ${by}`).join(', ');
  const parts = ['## Processes\n', `${prose(`Held together: ${held}.`).markdown}\n`];
  if (messy.length === 0) parts.push('Nothing was left running.\n');
  else {
    const rows = messy
      .slice(0, ITEMS)
      .map(({ name, task }): Cell[] => [proseName(name), task ? leftRunning(task.contained) : '']);
    parts.push(table(['name', 'left behind'], rows), cutNote(messy.length, ITEMS));
  }
  return joined(...parts);
}

/** What was left behind, in words; empty when nothing was. */
function leftRunning({ reaped, alive = 0 }: Containment): string {
  const ended = `ended ${plural(reaped, 'process', 'processes')} that the command had left running`;
  const stuck = `could not end ${plural(alive, 'process', 'processes')}, which may still run`;
  return [...(reaped > 0 ? [ended] : []), ...(alive > 0 ? [stuck] : [])].join('; ');
}

export function artifactsSection(view: RunView): string {
  const row = (leg: string, { path, bytes }: { readonly path: string; readonly bytes: number }): Cell[] => [
    proseName(leg),
    code(path),
    formatBytes(bytes),
  ];
  const names = new Map(view.legs.map(({ id, name }) => [id, name]));
  const rows = [
    ...view.legs.flatMap(({ name, task }) => (task?.artifacts ?? []).map((file) => row(name, file))),
    ...view.artifacts.map((artifact) => row(names.get(artifact.leg) ?? artifact.leg, artifact)),
  ];
  if (rows.length === 0) return '';
  return joined('## Artifacts\n', table(['name', 'file', 'size'], rows.slice(0, ITEMS)), cutNote(rows.length, ITEMS));
}

/** Sections with a blank line between; those that have nothing to say are left out. */
export function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}

function cutNote(total: number, shown: number): string {
  return total > shown ? `And ${total - shown} more.\n` : '';
}
