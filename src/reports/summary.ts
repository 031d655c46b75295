/** The run's summary in Markdown: red first, nothing that is not in the record, the same bytes for the same events. */
import type { RunBase, RunEvent } from '../engine/index.ts';
import { formatDuration } from '../shared/quantity.ts';
import {
  approvalCommands,
  isNamedByDefault,
  mergeCommands,
  pauseCommands,
  pauseScope,
  rerunCommand,
} from './commands.ts';
import { environmentsSection } from './environments.ts';
import { formatTime, plural, shortCommit } from './figures.ts';
import { foldRun } from './fold.ts';
import { countsInWords, headline, nounFor } from './headline.ts';
import { judgeRun } from './judge.ts';
import { type Cell, code, prose, shellBlock, table, words } from './markdown.ts';
import { reviewsSection } from './reviews.ts';
import {
  artifactsSection,
  containmentSection,
  goodSection,
  jobsSection,
  joined,
  skippedSection,
  standing,
  warningsSection,
} from './sections.ts';
import { annotationsSection, summariesSection } from './steps.ts';
import { troubleSection } from './trouble.ts';
import type { RunHeader, RunView } from './view.ts';
import { warningsOf } from './warnings.ts';

/** The whole summary. Total: a record that breaks off gives a summary that says so. */
export function summarize(events: Iterable<RunEvent>): string {
  return renderSummary(foldRun(events));
}

export function renderSummary(view: RunView): string {
  const verdict = judgeRun(view);
  // A job of a workflow has no evidence to show beside its result.
  const ofWorkflow = ofWorkflowRun(view);
  return joined(
    `# ${headline(view, verdict.result)}\n`,
    ...verdict.reasons.map((reason) => `${prose(reason).markdown}.\n`),
    overview(view),
    nextSteps(view, verdict.result === 'success'),
    ...(ofWorkflow ? [jobsSection(view)] : []),
    troubleSection('Paused', standing(view, 'paused'), view),
    troubleSection('Failed', standing(view, 'failed'), view),
    troubleSection('Did not finish', standing(view, 'running'), view),
    troubleSection('Cancelled', standing(view, 'cancelled'), view),
    troubleSection('Failed, but allowed to', standing(view, 'tolerated'), view),
    skippedSection(view),
    reviewsSection(view),
    ...(ofWorkflow
      ? []
      : [goodSection('Succeeded', standing(view, 'succeeded')), goodSection('Reused', standing(view, 'reused'))]),
    environmentsSection(view),
    annotationsSection(view),
    summariesSection(view),
    warningsSection(view),
    containmentSection(view),
    artifactsSection(view),
    footer(view),
  );
}

function ofWorkflowRun({ started }: RunView): boolean {
  return started?.kind === 'workflow';
}

function overview(view: RunView): string {
  const { started } = view;
  const rows: Cell[][] = [['counts', countsInWords(view, true) || `no ${nounFor(view)}s`]];
  if (started) rows.push(['run', words(code(started.run), ' of ', code(started.name), ' (', code(started.file), ')')]);
  if (started?.title !== undefined) rows.push(['title', prose(started.title)]);
  rows.push(['when', when(view)]);
  if (started?.base) rows.push(['base', baseOf(started.base)]);
  if (started) {
    rows.push(['policy', words(`${started.policy.maxParallel} at once, on failure `, code(started.policy.onFailure))]);
    rows.push(['made by', madeBy(started)]);
    rows.push(['command', code(started.command.join(' '))]);
  }
  rows.push(...otherRuns(started));
  if (view.finished) rows.push(['exit code', String(view.finished.exitCode)]);
  const warnings = warningsOf(view).length;
  if (warnings > 0) rows.push(['warnings', `${warnings}, listed below`]);
  return table(['', ''], rows);
}

function otherRuns(started: RunHeader | undefined): readonly Cell[][] {
  return [
    ...(started?.reviewOf === undefined ? [] : [['review of', code(started.reviewOf)]]),
    ...(started?.rerunOf === undefined ? [] : [['rerun of', code(started.rerunOf)]]),
    ...(started?.approval === undefined ? [] : [['approved', approvalOf(started.approval)]]),
  ];
}

function approvalOf({ by, at, note, run }: NonNullable<RunHeader['approval']>): Cell {
  const said = note === undefined ? [] : [': ', prose(note, 200)];
  return words('what ', code(run), ' proposed, by ', prose(by, 200), ' on ', formatTime(at), ' UTC', ...said);
}

function madeBy({ orch, host }: RunHeader): Cell {
  const { node, git, platform, cpus } = host;
  const machine = [', node ', prose(node), ', git ', prose(git), ', ', prose(platform), `, ${plural(cpus, 'CPU')}`];
  return words('orch ', prose(orch), ...machine);
}

function baseOf(base: RunBase): Cell {
  const { commit, ref } = base;
  const named = ref === commit ? [] : [' (', code(ref), ')'];
  return words(code(shortCommit(commit)), ...named, snapshotWords(base));
}

function snapshotWords({ uncommitted, changed }: RunBase): string {
  if (!uncommitted) return '';
  if (changed === undefined) return ', with the uncommitted changes of that moment';
  return `, a snapshot with ${plural(changed, 'uncommitted file')}`;
}

function when(view: RunView): string {
  if (view.firstTime === undefined || view.lastTime === undefined) return 'nothing was recorded';
  const end = view.finished ? formatTime(view.lastTime) : `${formatTime(view.lastTime)} (the last that is recorded)`;
  return `${formatTime(view.firstTime)} to ${end} UTC, ${formatDuration(view.duration)}`;
}

function nextSteps(view: RunView, green: boolean): string {
  const rerun = green ? undefined : rerunCommand(view);
  const [retry, abort] = pauseCommands(view);
  const scope = pauseScope(view);
  const reuses = view.started?.kind === 'tasks' && view.started.stream === undefined;
  const merges = mergeCommands(view);
  const cut =
    merges.length > 20 ? [...merges.slice(0, 20), `# and ${merges.length - 20} more branches, listed below`] : merges;
  const lines = [
    ...(rerun === undefined
      ? []
      : [reuses ? '# run again what did not succeed; what did is reused' : '# run it again', rerun]),
    ...(retry === undefined ? [] : ['# repeat the step that failed, and go on', retry]),
    ...(abort === undefined ? [] : ['# or let the failure stand', abort]),
    ...(scope === undefined ? [] : [`# ${scope}`]),
    ...approvalLines(view),
    ...(cut.length === 0 ? [] : [`# take what succeeded`, ...cut]),
  ];
  return lines.length === 0 ? '' : `## Next\n\n${shellBlock(lines)}`;
}

function approvalLines(view: RunView): readonly string[] {
  const commands = approvalCommands(view);
  if (commands === undefined) return [];
  const { read, approve, goOn } = commands;
  const reading = read === undefined ? [] : ['# read what waits for approval', read];
  return [...reading, '# approve it; the next run goes on from there', approve, goOn];
}

function footer(view: RunView): string {
  const run = view.started?.run;
  if (run === undefined) return '';
  return `---\n\n${words('Made from ', code(`logs/runs/${run}/events.jsonl`), '; ', code(`orch report${isNamedByDefault(view.started) ? '' : ` ${run}`}`), ' makes it again, byte for byte.').markdown}\n`;
}
