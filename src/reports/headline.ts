/** The first thing that is read: the run's verdict in words, and its counts. */
import { unreachable } from '../shared/result.ts';
import { plural } from './figures.ts';
import type { RunResult } from './judge.ts';
import type { RunView, Standing } from './view.ts';

const WORDS: Readonly<Record<RunResult, string>> = {
  success: 'SUCCEEDED',
  failure: 'FAILED',
  cancelled: 'CANCELLED',
  incomplete: 'INCOMPLETE',
  paused: 'PAUSED',
  unfinished: 'DID NOT FINISH',
};

const IN_WORDS: readonly (readonly [Standing, string])[] = [
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['paused', 'paused'],
  ['running', 'still running'],
  ['waiting', 'waiting'],
  ['awaiting', 'waiting for approval'],
  ['tolerated', 'failed but allowed to'],
  ['skipped', 'skipped'],
  ['succeeded', 'succeeded'],
  ['reused', 'reused'],
];

/** `2 failed, 1 skipped, 6 succeeded`: red first, nothing that is zero. When the run is over, what was open is told so; what is paused keeps it open. */
export function countsInWords(view: Pick<RunView, 'counts'>, over: boolean): string {
  const ended = over && view.counts.paused === 0;
  const told = IN_WORDS.flatMap(([standing, word]) => {
    const count = view.counts[standing];
    if (count === 0) return [];
    return [`${count} ${ended ? (OPEN[standing] ?? word) : word}`];
  });
  return told.join(', ');
}

const OPEN: Partial<Record<Standing, string>> = { running: 'did not finish', waiting: 'never started' };

/** `3 tasks`, or jobs when the run is a workflow's. */
export function nounFor(view: RunView): string {
  return view.started?.kind === 'workflow' ? 'job' : 'task';
}

/** `FAILED: 2 of 9 tasks failed`. */
export function headline(view: RunView, result: RunResult): string {
  const total = view.legs.length;
  const of = (count: number, what: string): string =>
    `${count === total ? (total === 1 ? 'the' : 'all') : `${count} of`} ${plural(total, nounFor(view))} ${what}`;
  const { failed, succeeded, reused, tolerated, cancelled, running, waiting, awaiting } = view.counts;
  const good = succeeded + reused;
  const failedOtherwise = (): string =>
    cancelled > 0
      ? of(cancelled, cancelled === 1 ? 'was cancelled' : 'were cancelled')
      : `${of(good, 'succeeded')}, and yet the run did not`;
  switch (result) {
    case 'success':
      if (awaiting > 0) return `${WORDS.success} so far: ${of(good, 'succeeded')}, ${awaiting} waiting for approval`;
      return tolerated > 0
        ? `${WORDS.success}, but ${of(tolerated, 'failed, which is allowed')}`
        : `${WORDS.success}: ${of(good, 'succeeded')}`;
    case 'failure':
      return failed > 0 ? `${WORDS.failure}: ${of(failed, 'failed')}` : `${WORDS.failure}: ${failedOtherwise()}`;
    case 'cancelled':
      return `${WORDS.cancelled}: ${of(good, 'succeeded')} before that${failed > 0 ? `, ${failed} failed` : ''}`;
    case 'incomplete':
      return `${WORDS.incomplete}: ${of(good, 'succeeded')}, and not all were run`;
    case 'paused':
      return `${WORDS.paused}: ${of(view.counts.paused, 'paused at a step that failed')}`;
    case 'unfinished':
      return `${WORDS.unfinished}: ${of(good, 'succeeded')}${failed > 0 ? `, ${failed} failed` : ''}, ${running + waiting} had no end`;
    default:
      return unreachable(result);
  }
}
