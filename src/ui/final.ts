/** The last screen of every display: what failed, why, and the next command to type. */
import type { RunStarted } from '../engine/index.ts';
import type { LegView, RunView } from '../reports/index.ts';
import {
  approvalCommands,
  cleanOutput,
  cleanText,
  clip,
  countsInWords,
  displayWidth,
  headline,
  inspectCommands,
  judgeRun,
  mergeCommands,
  pauseCommands,
  pauseScope,
  plural,
  reasonOf,
  rerunCommand,
  shortCommit,
  warningsOf,
  wrapText,
} from '../reports/index.ts';
import { formatDuration } from '../shared/quantity.ts';
import { type Look, paintOf } from './look.ts';

/** Where the summary can be read, when it could be written; a path as people would type it. */
export type Summary = () => string | undefined;

export interface FinalInput {
  readonly view: RunView;
  readonly look: Look;
  readonly columns: number;
  readonly summary: Summary;
}

const FAILED = 8;
/** Of what a failed step printed; the summary has more. */
const LINES = 5;
const UNSERVED = 3;
const MERGES = 3;

/** Lines without line ends. Commands are never cut or wrapped, so that they can be copied. */
export function renderFinal({ view, look, columns, summary }: FinalInput): string[] {
  const { result, reasons } = judgeRun(view);
  const { chalk } = look;
  const paint = result === 'success' ? chalk.green : result === 'failure' ? chalk.red : chalk.yellow;
  const width = widthOf(columns);
  const bad = [
    ...withStanding(view, 'paused'),
    ...withStanding(view, 'failed'),
    ...withStanding(view, 'running'),
    ...startedOf(withStanding(view, 'cancelled')),
  ];
  return [
    '',
    ...wrapText(headline(view, result), width).map((line) => paint(chalk.bold(line))),
    ...wrapText(`${countsInWords(view, true)} ${look.dot} ${formatDuration(view.duration)}`, width),
    ...reasons.flatMap((reason) => wrapText(cleanText(reason), width)),
    ...(bad.length === 0 ? [] : ['']),
    ...bad.slice(0, FAILED).flatMap((leg) => whatFailed(leg, { view, look, width })),
    ...unservedLines(view, look, width),
    ...(bad.length > FAILED ? [chalk.dim(`${look.ellipsis} and ${bad.length - FAILED} more, in the summary`)] : []),
    '',
    ...whatNext({ view, look, columns, summary }, result === 'success'),
  ];
}

/** Jobs that no machine here is for: nothing failed, and yet they were not run. */
function unservedLines({ legs }: RunView, look: Look, width: number): string[] {
  const unserved = legs.filter(({ skipped }) => skipped?.reason === 'unserved');
  const listed = unserved.slice(0, UNSERVED);
  const lines = listed.flatMap((leg) => {
    const why = `${look.marks.skipped} ${cleanText(leg.name)} was not run: ${cleanText(reasonOf(leg)).slice(0, 300)}`;
    return wrapText(why, width).map((line, i) => look.chalk.dim(i === 0 ? line : `  ${line}`));
  });
  const rest = unserved.length - listed.length;
  const more = rest > 0 ? [look.chalk.dim(`${look.ellipsis} nor were ${rest} more, for the same reason`)] : [];
  return lines.length === 0 ? [] : ['', ...lines, ...more];
}

/** What a run is, in one line for its beginning. */
export function runLine(event: RunStarted): string {
  const from = event.base ? `, from ${baseName(event.base)}` : '';
  const noun = event.kind === 'workflow' ? 'job' : 'task';
  const title = event.title === undefined ? '' : ` (${clip(cleanText(event.title), 60)})`;
  return `${cleanText(event.name)}${title}: ${plural(event.jobs.length, noun)}, ${event.policy.maxParallel} at once${from}, run ${cleanText(event.run)}`;
}

function baseName({ commit, ref, uncommitted, changed }: NonNullable<RunStarted['base']>): string {
  if (uncommitted && changed !== undefined) {
    return `a snapshot with ${plural(changed, 'uncommitted file')} (${shortCommit(commit)})`;
  }
  // Named by its id, a commit has nothing to add to it.
  const named = ref === commit ? [] : [cleanText(ref)];
  const words = [...named, ...(uncommitted ? ['uncommitted changes'] : [])].join(' and ');
  return words === '' ? shortCommit(commit) : `${shortCommit(commit)} (${words})`;
}

function whatFailed(
  leg: LegView,
  { view, look, width }: { readonly view: RunView; readonly look: Look; readonly width: number },
): string[] {
  const made = leg.task?.attempts ?? leg.attempt?.number ?? 0;
  const spent = [
    ...(made > 1 ? [`${made} attempts`] : []),
    ...(leg.duration === undefined ? [] : [formatDuration(leg.duration)]),
  ].join(', ');
  const mark = look.marks[leg.standing];
  const indent = ' '.repeat(displayWidth(mark) + 1);
  // Why a leg is paused names its step already.
  const step =
    leg.failedStep === undefined || leg.paused !== undefined ? '' : `${clip(cleanText(leg.failedStep.name), 60)}: `;
  const why = wrapText(cleanText(`${step}${reasonOf(leg)}`).slice(0, 600), width - indent.length);
  const printed = leg.failedStep?.lastLines.slice(-LINES) ?? [];
  return [
    ...headingLines(leg, spent, { look, room: width - indent.length }),
    ...why.map((line) => `${indent}${line}`),
    ...hintOf(leg, width - indent.length).map((line) => `${indent}${line}`),
    ...printed.map((line) =>
      look.chalk.dim(`${indent}| ${clip(cleanOutput(line), width - indent.length - 2, look.ellipsis)}`),
    ),
    ...inspectCommands(leg, view).map((command) => `${indent}${look.chalk.cyan(command)}`),
  ];
}

/** What a name leaves no room for goes below it. */
function headingLines(
  leg: LegView,
  spent: string,
  { look, room }: { readonly look: Look; readonly room: number },
): string[] {
  const mark = look.marks[leg.standing];
  const name = wrapText(cleanText(leg.name), room);
  const lines = name.map((line) => look.chalk.bold(line));
  const took = look.chalk.dim(`(${spent})`);
  const fits = displayWidth(`${name.at(-1) ?? ''} (${spent})`) <= room;
  if (spent !== '' && fits) lines.push(`${lines.pop() ?? ''} ${took}`);
  else if (spent !== '') lines.push(took);
  const indent = ' '.repeat(displayWidth(mark) + 1);
  return lines.map((line, i) => `${i === 0 ? `${paintOf(look, leg.standing)(mark)} ` : indent}${line}`);
}

function hintOf({ failure }: LegView, width: number): string[] {
  return failure?.hint === undefined ? [] : wrapText(cleanText(failure.hint).slice(0, 600), width);
}

function whatNext({ view, look, columns, summary }: FinalInput, green: boolean): string[] {
  const width = widthOf(columns);
  const path = summary();
  const rerun = green ? undefined : rerunCommand(view);
  const [retry, abort] = pauseCommands(view);
  const scope = pauseScope(view);
  const merges = green ? mergeCommands(view) : [];
  const approval = approvalCommands(view);
  const command = (text: string): string => look.chalk.cyan(text);
  return [
    ...(path === undefined ? [] : [`summary    ${path}`]),
    ...(rerun === undefined ? [] : [`run again  ${command(rerun)}`]),
    ...(retry === undefined ? [] : [`go on      ${command(retry)}`]),
    ...(abort === undefined ? [] : [`end it     ${command(abort)}`]),
    ...(scope === undefined ? [] : wrapText(scope, width - 11).map((line) => `           ${line}`)),
    ...(approval?.read === undefined ? [] : [`read it    ${command(approval.read)}`]),
    ...(approval === undefined
      ? []
      : [`approve it ${command(approval.approve)}`, `go on      ${command(approval.goOn)}`]),
    ...merges.slice(0, MERGES).map((merge, i) => `${i === 0 ? 'take it   ' : '          '} ${command(merge)}`),
    ...(merges.length > MERGES
      ? [
          look.chalk.dim(
            `           ${look.ellipsis} and ${plural(merges.length - MERGES, 'more branch', 'more branches')}, in the summary`,
          ),
        ]
      : []),
    ...warningLine(view, path !== undefined).flatMap((line) =>
      wrapText(line, width).map((part) => look.chalk.yellow(part)),
    ),
  ];
}

function warningLine(view: RunView, listed: boolean): string[] {
  const all = warningsOf(view).length;
  return all === 0 ? [] : [`${plural(all, 'warning')}${listed ? ', listed in the summary' : ''}`];
}

/** Longer lines tire the eye. */
function widthOf(columns: number): number {
  return Math.max(20, Math.min(columns - 1, 100));
}

function withStanding(view: RunView, standing: LegView['standing']): LegView[] {
  return view.legs.filter((leg) => leg.standing === standing);
}

/** What a cancellation kept from starting is told by the counts alone. */
function startedOf(legs: readonly LegView[]): LegView[] {
  return legs.filter(({ requestedAt }) => requestedAt !== undefined);
}
