/** Folds the events of a run into its digest: counts, lists with the first of their entries, and a line a task. */
import type { RunEvent } from '../engine/index.ts';
import { createWaitFold, type WaitFold } from './digest-waits.ts';
import { createRunFold } from './fold.ts';
import { judgeRun } from './judge.ts';
import type { FailureCount, RetriedTask, RunDigest, Some, TaskDigest, TaskNote, WarningCount } from './run-digest.ts';
import { cleanText, clip } from './text.ts';
import { reasonOf } from './trouble.ts';
import type { LegView, RunView } from './view.ts';
import { warningsOf } from './warnings.ts';

/** Milliseconds: shorter ones are the machine's own. */
const SHORTEST_WAIT = 100;
/** Entries of a list, names in an entry, characters of a text. */
const MOST = 20;
const MOST_TASKS = 200;
const MOST_NAMES = 10;
const LONGEST = 300;

export interface DigestFold {
  add(event: RunEvent): void;
  digest(): RunDigest;
}

/** Fed with a journal's events; those of a run that crashed give a digest too. */
export function createDigestFold(): DigestFold {
  const run = createRunFold();
  const waits = createWaitFold();
  return {
    add: (event) => {
      run.add(event);
      waits.add(event);
    },
    digest: () => digestOf(run.view(), waits),
  };
}

function digestOf(view: RunView, waits: WaitFold): RunDigest {
  const { started, legs } = view;
  const { result, reasons } = judgeRun(view);
  return {
    run: line(started?.run ?? ''),
    name: line(started?.name ?? ''),
    file: line(started?.file ?? ''),
    orch: line(started?.orch ?? ''),
    result,
    reasons: reasons.map(line),
    ...(view.firstTime === undefined ? {} : { started: view.firstTime }),
    ...(view.lastTime === undefined ? {} : { ended: view.lastTime }),
    duration: view.duration,
    missing: view.missing,
    counts: view.counts,
    failures: countFailures(legs),
    retries: told(
      legs.filter(({ attempts }) => attempts.length > 1),
      retriedTask,
    ),
    timeouts: some(legs.flatMap(timeoutsOf)),
    slowest: some(
      longest(
        legs.map((leg) => ({ task: nameOf(leg), duration: leg.duration ?? 0 })),
        'duration',
      ),
    ),
    waits: waitsOf(legs, waits),
    warnings: countWarnings(view),
    refusedHosts: some(refusalsOf(view)),
    leftovers: some(legs.flatMap(leftoversOf)),
    processes: some(legs.flatMap(processesOf)),
    worktreesKept: legs.filter(({ task }) => task?.worktree !== undefined).length,
    tasks: told(legs, (leg) => taskDigest(leg, waits), MOST_TASKS),
  };
}

function some<T>(all: readonly T[]): Some<T> {
  return told(all, (one) => one);
}

/** Words are found for those alone that are shown: of a large run they would take seconds. */
function told<T, U>(all: readonly T[], tell: (one: T) => U, most = MOST): Some<U> {
  return { total: all.length, shown: all.slice(0, most).map(tell) };
}

function line(text: string): string {
  return clip(cleanText(text), LONGEST);
}

function nameOf({ name }: LegView): string {
  return line(name);
}

/** Those that have none of it are left out. */
function longest<K extends string, T extends { readonly [P in K]: number }>(all: readonly T[], key: K): readonly T[] {
  return all.filter((one) => one[key] > 0).toSorted((a, b) => b[key] - a[key]);
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key) ?? [];
    group.push(one);
    groups.set(key, group);
  }
  return [...groups].toSorted(([, a], [, b]) => b.length - a.length);
}

function countFailures(legs: readonly LegView[]): Some<FailureCount> {
  const failed = legs.filter(({ failure }) => failure !== undefined);
  const byCode = grouped(failed, ({ failure }) => failure?.code ?? '');
  return told(byCode, ([code, of]) => ({
    code: line(code),
    count: of.length,
    tasks: of.slice(0, MOST_NAMES).map(nameOf),
    example: line(of[0]?.failure?.message ?? ''),
  }));
}

function retriedTask(leg: LegView): RetriedTask {
  const failures = leg.attempts.flatMap(({ failure }) => failure?.code ?? []);
  return {
    task: nameOf(leg),
    standing: leg.standing,
    attempts: leg.attempts.length,
    failures: failures.slice(0, MOST_NAMES),
  };
}

const CLOCKS: readonly string[] = ['timeout', 'idle-timeout', 'startup-timeout', 'verify-timeout'];

function timeoutsOf(leg: LegView): readonly TaskNote[] {
  return leg.attempts.flatMap(({ failure }) =>
    failure !== undefined && CLOCKS.includes(failure.code)
      ? [{ task: nameOf(leg), message: line(failure.message) }]
      : [],
  );
}

function waitsOf(legs: readonly LegView[], waits: WaitFold): RunDigest['waits'] {
  const each = legs.map((leg) => ({ leg, ...waits.of(leg.id) }));
  const groups = grouped(
    each.flatMap((one) => one.groups),
    ({ group }) => group,
  ).map(([group, of]) => ({ group: line(group), tasks: of.length, wait: sum(of.map(({ wait }) => wait)) }));
  return {
    slot: sum(each.map(({ slot }) => slot)),
    groups: some(longest(groups, 'wait')),
    delays: sum(each.map(({ delay }) => delay)),
    longest: some(
      longest(
        legs.map((leg) => ({ task: nameOf(leg), wait: waitOf(leg, waits) })),
        'wait',
      ).filter(({ wait }) => wait >= SHORTEST_WAIT),
    ),
  };
}

function waitOf(leg: LegView, waits: WaitFold): number {
  const { slot, groups } = waits.of(leg.id);
  return slot + sum(groups.map(({ wait }) => wait));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

const REFUSED = 'host-refused';

function countWarnings(view: RunView): Some<WarningCount> {
  const byCode = grouped(warningsOf(view), ({ code = 'other' }) => code);
  return told(byCode, ([code, of]) => ({
    code: line(code),
    count: of.length,
    example: line(of[0]?.message ?? ''),
  }));
}

function refusalsOf(view: RunView): readonly TaskNote[] {
  return warningsOf(view).flatMap(({ code, leg = '', message }) =>
    code === REFUSED ? [{ task: line(leg), message: line(message) }] : [],
  );
}

function leftoversOf(
  leg: LegView,
): readonly { readonly task: string; readonly attempt: number; readonly commit: string }[] {
  return leg.attempts.flatMap(({ attempt, leftovers }) =>
    leftovers === undefined ? [] : [{ task: nameOf(leg), attempt, commit: line(leftovers) }],
  );
}

function processesOf(
  leg: LegView,
): readonly { readonly task: string; readonly ended: number; readonly alive: number }[] {
  const { reaped = 0, alive = 0 } = leg.task?.contained ?? {};
  return reaped + alive === 0 ? [] : [{ task: nameOf(leg), ended: reaped, alive }];
}

function taskDigest(leg: LegView, waits: WaitFold): TaskDigest {
  const isGood = leg.standing === 'succeeded' || leg.standing === 'reused';
  return {
    task: nameOf(leg),
    standing: leg.standing,
    ...(leg.duration === undefined ? {} : { duration: leg.duration }),
    waited: waitOf(leg, waits),
    attempts: leg.task?.attempts ?? leg.attempts.length,
    ...(leg.failure === undefined ? {} : { failure: leg.failure.code }),
    ...(isGood ? {} : { reason: line(reasonOf(leg)) }),
    ...(leg.log === undefined ? {} : { log: line(leg.log.path) }),
  };
}
