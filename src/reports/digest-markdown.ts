/** The digest of a run for whoever reads it first: Markdown in which no text of a task can be more than text. */
import { formatBytes, formatDuration } from '../shared/quantity.ts';
import { formatTime, plural } from './figures.ts';
import { countsInWords } from './headline.ts';
import { type Cell, code, prose, table, words } from './markdown.ts';
import type { RunDigest, Some } from './run-digest.ts';

export function renderDigest(digest: RunDigest): string {
  return [
    `# Run ${prose(digest.run).markdown}: ${digest.result}\n`,
    ...digest.reasons.map((reason) => `${prose(reason).markdown}.\n`),
    overview(digest),
    section('Failures by code', digest.failures, ['code', 'tasks', 'which', 'the first said'], (one) => [
      code(one.code),
      String(one.count),
      named(one.tasks, one.count),
      one.example,
    ]),
    section('Tasks with more than one attempt', digest.retries, ['task', 'attempts', 'ended', 'failures'], (one) => [
      code(one.task),
      String(one.attempts),
      one.standing,
      one.failures.join(', '),
    ]),
    section('Attempts ended by a clock', digest.timeouts, ['task', 'why'], (one) => [code(one.task), one.message]),
    section('The slowest tasks', digest.slowest, ['task', 'took'], (one) => [
      code(one.task),
      formatDuration(one.duration),
    ]),
    waits(digest),
    section('Warnings', digest.warnings, ['code', 'times', 'the first'], (one) => [
      code(one.code),
      String(one.count),
      one.example,
    ]),
    section('Connections that sandboxes refused', digest.refusedHosts, ['task', 'what'], (one) => [
      code(one.task),
      one.message,
    ]),
    section('What attempts left behind', digest.leftovers, ['task', 'attempt', 'commit'], (one) => [
      code(one.task),
      String(one.attempt),
      code(one.commit),
    ]),
    section('Processes that outlived their command', digest.processes, ['task', 'ended by orch', 'alive'], (one) => [
      code(one.task),
      String(one.ended),
      String(one.alive),
    ]),
    section('All tasks', digest.tasks, ['task', 'ended', 'took', 'waited', 'attempts', 'failure', 'why'], (one) => [
      code(one.task),
      one.standing,
      one.duration === undefined ? '' : formatDuration(one.duration),
      one.waited < 100 ? '' : formatDuration(one.waited),
      one.attempts === 0 ? '' : String(one.attempts),
      one.failure === undefined ? '' : code(one.failure),
      one.reason ?? '',
    ]),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function overview(digest: RunDigest): string {
  const { started, ended, missing, leftOut, worktreesKept } = digest;
  const rows: Cell[][] = [
    ['name', words(code(digest.name), ' (', code(digest.file), ')')],
    ['counts', countsInWords(digest, true) || 'no tasks'],
    ['took', formatDuration(digest.duration)],
    ...(started === undefined || ended === undefined
      ? []
      : [['when', `${formatTime(started)} to ${formatTime(ended)} UTC`]]),
    ['orch', digest.orch],
    ...(worktreesKept === 0 ? [] : [['worktrees kept', String(worktreesKept)]]),
    ...(leftOut === undefined ? [] : [['journal', `its copy lacks ${formatBytes(leftOut)} in its midst`]]),
    ...(missing === 0 ? [] : [['missing', `${plural(missing, 'event')} of the journal`]]),
  ];
  return table(['', ''], rows);
}

function waits({ waits: { slot, groups, delays, longest } }: RunDigest): string {
  if (longest.total === 0 && delays === 0) return '';
  const rows: Cell[][] = [
    ...(slot < 100 ? [] : [['for a slot', formatDuration(slot)]]),
    ...groups.shown.map(({ group, tasks, wait }): Cell[] => [
      words('for the group ', code(group)),
      `${formatDuration(wait)}, ${plural(tasks, 'task')}`,
    ]),
    ...(delays === 0 ? [] : [['before another attempt', formatDuration(delays)]]),
    ...longest.shown
      .slice(0, 5)
      .map(({ task, wait }): Cell[] => [words('longest: ', code(task)), formatDuration(wait)]),
  ];
  return `## Waits\n\n${table(['what for', 'all tasks together'], rows)}`;
}

function section<T>(
  title: string,
  { total, shown }: Some<T>,
  head: readonly string[],
  rowOf: (one: T) => readonly Cell[],
): string {
  if (total === 0) return '';
  const more = total - shown.length;
  return `## ${title}\n\n${table(head, shown.map(rowOf))}${more > 0 ? `\nand ${more} more\n` : ''}`;
}

function named(tasks: readonly string[], count: number): Cell {
  const pieces = tasks.flatMap((task, i): Cell[] => (i === 0 ? [code(task)] : [', ', code(task)]));
  return words(...pieces, ...(count > tasks.length ? [` and ${count - tasks.length} more`] : []));
}
