/** The sections on legs that did not end well: why, claim and evidence, attempts, what they left, what to type next. */
import { formatBytes, formatDuration } from '../shared/quantity.ts';
import type { AttemptReport, Evidence, Verdict } from '../shared/verdict.ts';
import { inspectCommands, worktreeOf } from './commands.ts';
import { plural, shortCommit } from './figures.ts';
import type { Cell, Markdown } from './markdown.ts';
import { code, list, outputBlock, prose, proseName, shellBlock, strong, table, words } from './markdown.ts';
import { reviewInWords } from './reviews.ts';
import type { FailedStep, LegView, RunView } from './view.ts';

/** More than this many in full would bury the first ones. */
const IN_FULL = 30;
const FILES = 20;
const COMMITS = 10;

const CHECKS: Readonly<Record<Evidence['check'], string>> = {
  exit: 'exit code',
  'ended-by-orch': 'ended by itself',
  verify: 'verify',
  expect: 'expected files',
  changes: 'changes',
  outputs: 'outputs',
  documents: 'documents',
  review: 'review',
};

const CLAIMS: Readonly<Record<Verdict['claim'], string>> = {
  success: 'it succeeded',
  failure: 'it failed',
  none: 'nothing',
};

/** A section for these legs, in full as far as a person will read, the rest as a table. Empty without legs. */
export function troubleSection(title: string, legs: readonly LegView[], run: Pick<RunView, 'started'>): string {
  if (legs.length === 0) return '';
  const rest = legs.slice(IN_FULL);
  return [
    `## ${title}\n`,
    ...legs.slice(0, IN_FULL).map((leg) => inFull(leg, run)),
    ...(rest.length > 0 ? [`### ${rest.length} more\n`, inShort(rest)] : []),
  ].join('\n');
}

/** Why the leg failed or was skipped, where the record says so. */
export function recordedReason({ failure, skipped, paused }: LegView): string | undefined {
  if (paused !== undefined) return `at the step ${paused.step}: ${paused.failure.message}`;
  return failure?.message ?? skipped?.message;
}

/** Why the leg is where it is, in one sentence without a full stop. */
export function reasonOf(leg: LegView): string {
  const recorded = recordedReason(leg);
  if (recorded !== undefined) return recorded;
  if (leg.standing === 'running') return `it was ${PHASES[leg.phase] ?? 'under way'} when the record ends`;
  if (leg.standing === 'waiting') return 'it had not started when the record ends';
  if (leg.timedOut !== undefined) return `it took longer than its ${plural(leg.timedOut, 'minute')}`;
  if (leg.standing !== 'cancelled') return 'no reason was recorded';
  if (leg.displaced !== undefined) return leg.displaced;
  return leg.cancelRequested === undefined ? 'it was cancelled' : `it was cancelled (${leg.cancelRequested})`;
}

const PHASES: Partial<Record<LegView['phase'], string>> = {
  starting: 'being prepared',
  running: 'running',
  verifying: 'being verified',
  delayed: 'waiting for its next attempt',
  cancelling: 'being cancelled',
};

function inFull(leg: LegView, run: Pick<RunView, 'started'>): string {
  const verdict = verdictOf(leg);
  const parts = [
    `### ${prose(leg.name, 120).markdown}\n`,
    whyParagraph(leg),
    ...(leg.failure?.details?.length ? [cutList(leg.failure.details, FILES)] : []),
    ...(verdict ? [claimAndEvidence(verdict)] : []),
    ...(leg.failedStep === undefined ? [] : [stepParagraph(leg.failedStep)]),
    list(facts(leg)),
    shellBlockOf(inspectCommands(leg, run)),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function whyParagraph(leg: LegView): string {
  const hint = leg.failure?.hint === undefined ? [] : [' ', prose(sentence(leg.failure.hint))];
  const codeOf = leg.failure ? [' (', code(leg.failure.code), ')'] : [];
  return `${words(strong(sentence(reasonOf(leg))), ...codeOf, ...hint).markdown}\n`;
}

/** Where it failed, and the last that was printed there. */
function stepParagraph({ number, name, duration, lastLines }: FailedStep): string {
  const where = words(`Step ${number}, `, code(name), `, failed after ${formatDuration(duration)}`);
  if (lastLines.length === 0) return `${where.markdown}, without a word.\n`;
  return `${where.markdown}. The last that it printed:\n\n${outputBlock(lastLines)}`;
}

/** Side by side: what the command said of itself, and what orch saw. */
function claimAndEvidence(verdict: Verdict): string {
  const rows = verdict.evidence.map(({ check, ok, seen }, i): Cell[] => [
    i === 0 ? CLAIMS[verdict.claim] : '',
    CHECKS[check],
    ok ? 'yes' : { markdown: '**NO**' },
    prose(seen, 160),
  ]);
  if (rows.length === 0) rows.push([CLAIMS[verdict.claim], 'nothing was checked']);
  return table(['the command said', 'orch checked', 'held', 'and saw'], rows);
}

function facts(leg: LegView): Markdown[] {
  const items: Markdown[] = [];
  if (leg.description !== undefined) items.push(words('what it is for: ', prose(leg.description, 200)));
  if (leg.checks.length > 0 && !verdictOf(leg))
    items.push(words('never came to its checks: ', prose(leg.checks.join(', '))));
  if (leg.review !== undefined) items.push(words('review: ', prose(reviewInWords(leg))));
  if (leg.attempts.length > 1) items.push(...leg.attempts.map(attemptLine));
  else if (leg.attempt && leg.attempt.of > 1) items.push(words(`attempt ${leg.attempt.number} of ${leg.attempt.of}`));
  if (leg.duration !== undefined) items.push(words(`took ${formatDuration(leg.duration)}`));
  if (leg.log) items.push(words('log: ', code(leg.log.path), ` (${formatBytes(leg.log.bytes)})`));
  items.push(...work(leg));
  const worktree = worktreeOf(leg);
  if (worktree !== undefined) items.push(words(leg.task ? 'worktree kept: ' : 'worktree: ', code(worktree)));
  return items;
}

function verdictOf(leg: LegView): Verdict | undefined {
  return leg.task?.verdict ?? leg.attempts.at(-1)?.verdict;
}

function attemptLine({ attempt, duration, failure, leftovers }: AttemptReport): Markdown {
  const outcome: Cell[] = failure ? [prose(failure.message, 200), ' (', code(failure.code), ')'] : ['succeeded'];
  const kept = leftovers === undefined ? [] : ['; what it had changed is kept in ', code(shortCommit(leftovers))];
  return words(`attempt ${attempt}, ${formatDuration(duration)}: `, ...outcome, ...kept);
}

function work(leg: LegView): Markdown[] {
  const branch = leg.task?.branch ?? leg.prepared?.branch;
  if (!leg.task) return branch === undefined ? [] : [words('branch: ', code(branch))];
  const { commits, changed, start } = leg.task;
  const on = branch === undefined ? [] : ['branch ', code(branch), ': '];
  const items = [
    words(
      ...on,
      `${plural(commits.length, 'commit')} since `,
      code(shortCommit(start)),
      `, ${plural(changed.total, 'file')} changed`,
    ),
  ];
  const shown = commits
    .slice(0, COMMITS)
    .map(({ id, subject }) => words('commit ', code(shortCommit(id)), ' ', prose(subject, 100)));
  items.push(...shown);
  if (commits.length > COMMITS) items.push(words(`and ${plural(commits.length - COMMITS, 'more commit')}`));
  if (changed.total > 0) {
    const files = changed.shown.slice(0, FILES);
    const more = changed.total - files.length;
    items.push(
      words(
        'changed: ',
        ...files.flatMap((file, i) => [i === 0 ? '' : ', ', code(file)]),
        more > 0 ? ` and ${more} more` : '',
      ),
    );
  }
  return items;
}

function inShort(legs: readonly LegView[]): string {
  const rows = legs.map((leg): Cell[] => [
    proseName(leg.name),
    prose(reasonOf(leg), 100),
    attemptsOf(leg),
    leg.duration === undefined ? '' : formatDuration(leg.duration),
    code(leg.task?.branch ?? leg.prepared?.branch ?? ''),
    code(leg.log?.path ?? ''),
    code(worktreeOf(leg) ?? ''),
  ]);
  return table(['name', 'why', 'attempts', 'duration', 'branch', 'log', 'worktree'], rows);
}

/** `2 of 3`, or nothing when it never came to one. */
export function attemptsOf(leg: LegView): string {
  const made = leg.task?.attempts ?? leg.attempt?.number;
  if (made === undefined) return '';
  return leg.attempt ? `${made} of ${leg.attempt.of}` : String(made);
}

function cutList(items: readonly string[], limit: number): string {
  const shown: Cell[] = items.slice(0, limit).map((item) => code(item));
  if (items.length > limit) shown.push(words(`and ${items.length - limit} more`));
  return list(shown);
}

function shellBlockOf(commands: readonly string[]): string {
  return commands.length === 0 ? '' : shellBlock(commands);
}

function sentence(text: string): string {
  const trimmed = text.trim();
  const ended = /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
  // An address or a path is no word that a capital would suit.
  return /^\p{Ll}+(?![\p{L}\d_/@-]|[.:]\S)/u.test(ended) ? ended.charAt(0).toUpperCase() + ended.slice(1) : ended;
}
