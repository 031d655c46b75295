/** The run's summary in Markdown: red first, nothing that is not in the record, the same bytes for the same events. */
import type { RunEvent } from '../engine/index.ts';
import { formatDuration } from '../shared/quantity.ts';
import { mergeCommands, pauseCommands, rerunCommand } from './commands.ts';
import { formatTime, plural, shortCommit } from './figures.ts';
import { foldRun } from './fold.ts';
import { countsInWords, headline, nounFor } from './headline.ts';
import { judgeRun } from './judge.ts';
import { type Cell, code, prose, shellBlock, table, words } from './markdown.ts';
import {
  artifactsSection,
  containmentSection,
  goodSection,
  joined,
  skippedSection,
  standing,
  warningsSection,
} from './sections.ts';
import { annotationsSection, summariesSection } from './steps.ts';
import { troubleSection } from './trouble.ts';
import type { RunView } from './view.ts';
import { warningsOf } from './warnings.ts';

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
    troubleSection('Paused', standing(view, 'paused')),
    troubleSection('Failed', standing(view, 'failed')),
    troubleSection('Did not finish', standing(view, 'running')),
    troubleSection('Cancelled', standing(view, 'cancelled')),
    troubleSection('Failed, but allowed to', standing(view, 'tolerated')),
    skippedSection(view),
    goodSection('Succeeded', standing(view, 'succeeded')),
    goodSection('Reused', standing(view, 'reused')),
    annotationsSection(view),
    summariesSection(view),
    warningsSection(view),
    containmentSection(view),
    artifactsSection(view),
    footer(view),
  );
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
        ...(ref === commit ? [] : [' (', code(ref), ')']),
        uncommitted ? ', with the uncommitted changes of that moment' : '',
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
  const warnings = warningsOf(view).length;
  if (warnings > 0) rows.push(['warnings', `${warnings}, listed below`]);
  return table(['', ''], rows);
}

function when(view: RunView): string {
  if (view.firstTime === undefined || view.lastTime === undefined) return 'nothing was recorded';
  const end = view.finished ? formatTime(view.lastTime) : `${formatTime(view.lastTime)} (the last that is recorded)`;
  return `${formatTime(view.firstTime)} to ${end} UTC, ${formatDuration(view.duration)}`;
}

function nextSteps(view: RunView, green: boolean): string {
  const rerun = green ? undefined : rerunCommand(view);
  const [retry, abort] = pauseCommands(view);
  const merges = mergeCommands(view);
  const cut =
    merges.length > 20 ? [...merges.slice(0, 20), `# and ${merges.length - 20} more branches, listed below`] : merges;
  const lines = [
    ...(rerun === undefined ? [] : [`# run again what did not succeed; what did is reused`, rerun]),
    ...(retry === undefined ? [] : ['# repeat the step that failed, and go on', retry]),
    ...(abort === undefined ? [] : ['# or let the failure stand', abort]),
    ...(cut.length === 0 ? [] : [`# take what succeeded`, ...cut]),
  ];
  return lines.length === 0 ? '' : `## Next\n\n${shellBlock(lines)}`;
}

function footer(view: RunView): string {
  const run = view.started?.run;
  if (run === undefined) return '';
  return `---\n\n${words('Made from ', code(`logs/runs/${run}/events.jsonl`), '; ', code('orch report'), ' makes it again, byte for byte.').markdown}\n`;
}
