/** The run's summary in Markdown: red first, nothing that is not in the record, the same bytes for the same events. */
import type { RunEvent } from '../engine/index.ts';
import { formatDuration } from '../shared/duration.ts';
import { type Cause, createCauses } from './causes.ts';
import { mergeCommands, rerunCommand } from './commands.ts';
import { formatBytes, formatTime, plural, shortCommit } from './figures.ts';
import { foldRun } from './fold.ts';
import { countsInWords, headline, nounFor } from './headline.ts';
import { judgeRun } from './judge.ts';
import type { Cell } from './markdown.ts';
import { code, list, prose, shellBlock, table, words } from './markdown.ts';
import { clip } from './text.ts';
import { attemptsOf, reasonOf, troubleSection } from './trouble.ts';
import type { LegView, RunView, Standing } from './view.ts';

const ROWS = 1000;
const ITEMS = 100;

/** The whole summary. Total: a record that breaks off gives a summary that says so. */
export function summarize(events: Iterable<RunEvent>): string {
  return renderSummary(foldRun(events));
}

export function renderSummary(view: RunView): string {
  const verdict = judgeRun(view);
  return joined(
    `# ${headline(view, verdict.result)}\n`,
    ...verdict.reasons.map((reason) => `${prose(reason).markdown}.\n`),
    overview(view),
    nextSteps(view, verdict.result === 'success'),
    troubleSection('Failed', standing(view, 'failed')),
    troubleSection('Did not finish', standing(view, 'running')),
    troubleSection('Cancelled', standing(view, 'cancelled')),
    troubleSection('Failed, but allowed to', standing(view, 'tolerated')),
    skippedSection(view),
    goodSection('Succeeded', standing(view, 'succeeded')),
    goodSection('Reused', standing(view, 'reused')),
    warningsSection(view),
    containmentSection(view),
    artifactsSection(view),
    footer(view),
  );
}

function standing(view: RunView, ...wanted: readonly Standing[]): LegView[] {
  return view.legs.filter((leg) => wanted.includes(leg.standing));
}

function overview(view: RunView): string {
  const { started } = view;
  const rows: Cell[][] = [['counts', countsInWords(view, true) || `no ${nounFor(view)}s`]];
  if (started) rows.push(['run', words(code(started.run), ' of ', code(started.name), ' (', code(started.file), ')')]);
  rows.push(['when', when(view)]);
  if (started?.base) {
    const { commit, ref, uncommitted } = started.base;
    rows.push([
      'base',
      words(
        code(shortCommit(commit)),
        ' (',
        code(ref),
        uncommitted ? ', with the uncommitted changes of that moment' : '',
        ')',
      ),
    ]);
  }
  if (started) {
    rows.push(['policy', words(`${started.policy.maxParallel} at once, on failure `, code(started.policy.onFailure))]);
    rows.push([
      'made by',
      words(
        'orch ',
        prose(started.orch),
        ', node ',
        prose(started.host.node),
        ', git ',
        prose(started.host.git),
        ', ',
        prose(started.host.platform),
        `, ${plural(started.host.cpus, 'CPU')}`,
      ),
    ]);
    rows.push(['command', code(started.command.join(' '))]);
  }
  if (started?.rerunOf !== undefined) rows.push(['rerun of', code(started.rerunOf)]);
  if (view.finished) rows.push(['exit code', String(view.finished.exitCode)]);
  if (view.warnings.length > 0) rows.push(['warnings', `${view.warnings.length}, listed below`]);
  return table(['', ''], rows);
}

function when(view: RunView): string {
  if (view.firstTime === undefined || view.lastTime === undefined) return 'nothing was recorded';
  const end = view.finished ? formatTime(view.lastTime) : `${formatTime(view.lastTime)} (the last that is recorded)`;
  return `${formatTime(view.firstTime)} to ${end} UTC, ${formatDuration(view.duration)}`;
}

function nextSteps(view: RunView, green: boolean): string {
  const rerun = green ? undefined : rerunCommand(view);
  const merges = mergeCommands(view);
  const cut =
    merges.length > 20 ? [...merges.slice(0, 20), `# and ${merges.length - 20} more branches, listed below`] : merges;
  const lines = [
    ...(rerun === undefined ? [] : [`# run again what did not succeed; what did is reused`, rerun]),
    ...(cut.length === 0 ? [] : [`# take what succeeded`, ...cut]),
  ];
  return lines.length === 0 ? '' : `## Next\n\n${shellBlock(lines)}`;
}

function skippedSection(view: RunView): string {
  const skipped = standing(view, 'skipped', 'waiting');
  if (skipped.length === 0) return '';
  const causeOf = createCauses(view);
  const rows = skipped.slice(0, ROWS).map((leg): Cell[] => {
    const cause = leg.skipped?.reason === 'needs' ? causeOf(leg.job) : undefined;
    return [prose(leg.name, 60), prose(reasonOf(leg), 160), cause ? prose(causeInWords(cause), 200) : ''];
  });
  return joined('## Not run\n', table(['name', 'why', 'where it began'], rows), cutNote(skipped.length, ROWS));
}

/** `web ← api: the command ended with exit code 3, and 1 more`. */
function causeInWords({ path, root, others }: Cause): string {
  const shown = path.length > 6 ? [...path.slice(0, 2), '…', ...path.slice(-2)] : path;
  return `${shown.join(' ← ')}: ${clip(reasonOf(root), 100)}${others > 0 ? `, and ${others} more` : ''}`;
}

function goodSection(title: string, legs: readonly LegView[]): string {
  if (legs.length === 0) return '';
  const rows = legs
    .slice(0, ROWS)
    .map((leg): Cell[] => [
      prose(leg.name, 60),
      prose(evidenceOf(leg), 120),
      attemptsOf(leg),
      formatDuration(leg.duration ?? 0),
      code(leg.task?.branch ?? ''),
      leg.task ? String(leg.task.commits.length) : '',
      leg.task ? String(leg.task.changed.total) : '',
      code(leg.log?.path ?? ''),
      code(leg.reusedFrom ?? ''),
    ]);
  const head = ['name', 'evidence', 'attempts', 'duration', 'branch', 'commits', 'files changed', 'log', 'reused from'];
  return joined(`## ${title}\n`, table(head, rows), cutNote(legs.length, ROWS));
}

function evidenceOf(leg: LegView): string {
  const seen = leg.task?.verdict.evidence.map((evidence) => evidence.seen) ?? [];
  return seen.length === 0 ? 'nothing was checked' : seen.join('; ');
}

function warningsSection(view: RunView): string {
  const items = [
    ...view.warnings.map(({ leg, code: id, message }) =>
      words(code(id), leg === undefined ? '' : ' in ', code(leg ?? ''), ': ', prose(message)),
    ),
    ...view.legs.flatMap((leg) =>
      (leg.task?.warnings ?? []).map((message) => words(code(leg.id), ': ', prose(message))),
    ),
  ];
  if (items.length === 0) return '';
  const shown = [...new Set(items.map(({ markdown }) => markdown))];
  return joined(
    '## Warnings\n',
    list(shown.slice(0, ITEMS).map((markdown) => ({ markdown }))),
    cutNote(shown.length, ITEMS),
  );
}

function containmentSection(view: RunView): string {
  const ran = view.legs.filter(({ task, reusedFrom }) => task !== undefined && reusedFrom === undefined);
  const reaped = ran.filter(({ task }) => (task?.contained.reaped ?? 0) > 0);
  if (ran.length === 0) return '';
  const ways = new Map<string, number>();
  for (const { task } of ran) {
    const by = task?.contained.by.join(' + ') || 'nothing';
    ways.set(by, (ways.get(by) ?? 0) + 1);
  }
  const held = [...ways].map(([by, count]) => `${plural(count, nounFor(view))} by ${by}`).join(', ');
  const parts = ['## Processes\n', `${prose(`Held together: ${held}.`).markdown}\n`];
  if (reaped.length === 0) parts.push('Nothing was left running.\n');
  else {
    const rows = reaped
      .slice(0, ITEMS)
      .map(({ name, task }): Cell[] => [
        prose(name, 60),
        `ended ${plural(task?.contained.reaped ?? 0, 'process', 'processes')} that the command had left running`,
      ]);
    parts.push(table(['name', 'left behind'], rows), cutNote(reaped.length, ITEMS));
  }
  return joined(...parts);
}

function artifactsSection(view: RunView): string {
  const rows = view.legs.flatMap((leg) =>
    (leg.task?.artifacts ?? []).map(({ path, bytes }): Cell[] => [prose(leg.name, 60), code(path), formatBytes(bytes)]),
  );
  if (rows.length === 0) return '';
  return joined('## Artifacts\n', table(['name', 'file', 'size'], rows.slice(0, ITEMS)), cutNote(rows.length, ITEMS));
}

/** Sections with a blank line between; those that have nothing to say are left out. */
function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}

function cutNote(total: number, shown: number): string {
  return total > shown ? `And ${total - shown} more.\n` : '';
}

function footer(view: RunView): string {
  const run = view.started?.run;
  if (run === undefined) return '';
  return `---\n\n${words('Made from ', code(`logs/runs/${run}/events.jsonl`), '; ', code('orch report'), ' makes it again, byte for byte.').markdown}\n`;
}
