/** The commands that a report tells people to type next, quoted so that any name can be pasted safely. */
import { DEFAULT_CONFIG } from '../shared/default-config.ts';
import { shellWord } from '../shared/shell-word.ts';
import { shortCommit } from './figures.ts';
import type { LegView, RunHeader, RunView } from './view.ts';

/** One word for a POSIX shell; with characters that cannot be seen, for bash and zsh. */
export function shellQuote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(word)) return shellWord(word);
  const escaped = word
    .replace(/[\\']/g, '\\$&')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (unseen) =>
      Array.from(new TextEncoder().encode(unseen), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
    );
  return `$'${escaped}'`;
}

/** Whether commands find the run without its name: they take the latest main run when none is named. */
export function isNamedByDefault(started: RunHeader | undefined): boolean {
  return started?.kind !== 'workflow' && started?.stream === undefined;
}

/** How to look into a leg that did not succeed. */
export function inspectCommands(leg: LegView, { started }: Pick<RunView, 'started'>): string[] {
  const commands: string[] = [];
  const run = started === undefined || isNamedByDefault(started) ? '' : `${shellQuote(started.run)} `;
  if (leg.requestedAt !== undefined) commands.push(`orch logs ${run}${shellQuote(leg.id)}`);
  const { branch, start } = leg.task ?? leg.prepared ?? {};
  const changed = leg.task?.changed.total !== 0;
  if (branch !== undefined && start !== undefined && changed) {
    commands.push(`git diff ${shellQuote(`${shortCommit(start)}..${branch}`)}`);
  }
  if (leg.paused !== undefined) commands.push(`sh ${shellQuote(leg.paused.enter)}`);
  const worktree = worktreeOf(leg);
  if (worktree !== undefined) commands.push(`cd ${shellQuote(worktree)}`);
  return commands;
}

/** Where the leg's working tree is, when it is still there. */
export function worktreeOf(leg: LegView): string | undefined {
  return leg.task ? leg.task.worktree : leg.prepared?.worktree;
}

/** How to run again what did not succeed; of a workflow or a stream, all of it. */
export function rerunCommand(view: Pick<RunView, 'started' | 'finished'>): string | undefined {
  if (view.finished?.result === 'paused') return undefined;
  if (view.started?.kind === 'workflow') return sameCommand(view.started.command);
  if (view.started?.kind !== 'tasks') return undefined;
  const { file, run, rerunWith = file === DEFAULT_CONFIG ? [] : [file], stream } = view.started;
  if (stream !== undefined) return ['orch', stream, ...rerunWith.map(shellQuote)].join(' ');
  return ['orch', 'run', ...[...rerunWith, '--rerun-failed', run].map(shellQuote)].join(' ');
}

/**
 * How a run that is paused goes on, and how it ends; empty when nothing of it is paused. `lost`: its process is gone.
 * `leg`: of this one alone, where there are others.
 */
export function pauseCommands(
  view: Pick<RunView, 'started' | 'legs'>,
  { lost = false, leg }: { readonly lost?: boolean; readonly leg?: string } = {},
): readonly string[] {
  const run = view.started?.run;
  const { length } = pausedLegs(view, lost);
  if (run === undefined || length === 0) return [];
  const job = leg === undefined || view.legs.length === 1 ? '' : ` --job ${shellQuote(leg)}`;
  return [`orch retry ${shellQuote(run)}${job}`, `orch abort ${shellQuote(run)}${job}`];
}

/** What the commands are about when they name no job; undefined when there is but one. */
export function pauseScope(view: Pick<RunView, 'started' | 'legs'>, lost = false): string | undefined {
  const paused = pausedLegs(view, lost);
  const [first] = paused;
  if (first === undefined || paused.length === 1) return undefined;
  return `these are about all ${paused.length} paused jobs; one alone: --job ${shellQuote(first.id)}`;
}

function pausedLegs({ legs }: Pick<RunView, 'legs'>, lost: boolean): readonly LegView[] {
  return legs.filter(({ standing, stood }) => standing === 'paused' || (lost && stood !== undefined));
}

/**
 * How what waits for approval is read, and approved; undefined when nothing does. Of a workflow only GitHub, or whoever
 * runs its tasks, can be told.
 */
export function approvalCommands(
  view: Pick<RunView, 'started' | 'legs'>,
): { readonly read?: string; readonly approve: string; readonly goOn: string } | undefined {
  const gate = view.legs.find(({ standing }) => standing === 'awaiting');
  if (gate === undefined || view.started?.kind !== 'tasks') return undefined;
  const branch = view.legs.find(({ job }) => gate.needs.includes(job))?.task?.branch;
  const from = view.started.base?.commit;
  const { file, rerunWith = file === DEFAULT_CONFIG ? [] : [file] } = view.started;
  return {
    approve: `orch approve ${shellQuote(gate.job)} --by NAME`,
    goOn: ['orch', 'run', ...rerunWith.map(shellQuote)].join(' '),
    ...(branch === undefined || from === undefined
      ? {}
      : { read: `git diff ${shellQuote(`${shortCommit(from)}..${branch}`)}` }),
  };
}

/** What was typed; of secrets the names alone, as they are given from the environment. None when another word held one. */
function sameCommand(words: readonly string[]): string | undefined {
  const named = words.map((word, i) => {
    const isSecret = /^(--secret=|-s)./.test(word) || ['--secret', '-s'].includes(words[i - 1] ?? '');
    return isSecret ? word.replace(/=\*\*\*$/, '') : word;
  });
  if (named.some((word) => word.includes('***'))) return undefined;
  return ['orch', ...named.map(shellQuote)].join(' ');
}

/** How to take the results: the branches that no other successful job contains already, and of reviews what they approved. */
export function mergeCommands(view: RunView): string[] {
  const good = view.legs.filter(
    ({ standing, task, provisional }) =>
      (standing === 'succeeded' || standing === 'reused') &&
      provisional !== true &&
      task !== undefined &&
      task.result !== task.start,
  );
  const needs = new Map(view.legs.map((leg) => [leg.job, leg.needs]));
  const contained = new Set<string>();
  const open = good.flatMap((leg) => leg.needs);
  for (let job = open.pop(); job !== undefined; job = open.pop()) {
    if (contained.has(job)) continue;
    contained.add(job);
    open.push(...(needs.get(job) ?? []));
  }
  return good.flatMap(({ job, task }) =>
    contained.has(job) || task?.branch === undefined ? [] : [`git merge ${shellQuote(task.branch)}`],
  );
}
