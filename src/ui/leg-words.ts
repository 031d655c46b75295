/** How a leg stands, in words, as `orch status` and `orch logs` say it. */
import { type LegView, reviewInWords } from '../reports/index.ts';
import { formatDuration } from '../shared/quantity.ts';

/** `over`: the run is, so that what was open will stay so. */
export function wordsFor(leg: LegView, over: boolean): string {
  return WORDS[leg.standing]?.(leg, over) ?? leg.standing;
}

/** Those that say it better than the standing's own name. */
const WORDS: Partial<Record<LegView['standing'], (leg: LegView, over: boolean) => string>> = {
  waiting: (_, over) => (over ? 'never started' : 'waiting'),
  awaiting: () => 'waits for approval',
  running: (leg, over) => (over ? 'did not finish' : DOING[leg.phase](leg)),
  reused: ({ reusedFrom }) => `reused from ${reusedFrom}`,
  tolerated: () => 'failed, allowed to',
  succeeded: (leg) => (leg.unneeded ? 'not needed' : ['succeeded', reviewInWords(leg)].filter(Boolean).join(', ')),
};

const DOING: Readonly<Record<LegView['phase'], (leg: LegView) => string>> = {
  waiting: () => 'waiting',
  starting: () => 'preparing',
  // The step that makes the attempts has no better name than they have.
  running: ({ attempt, step }) => {
    if (attempt === undefined) return step ?? 'running';
    return attempt.of > 1 ? `attempt ${attempt.number} of ${attempt.of}` : 'running';
  },
  verifying: () => 'verifying',
  delayed: ({ delay }) => `waits ${formatDuration(delay ?? 0)} before the next attempt`,
  paused: () => 'paused',
  cancelling: () => 'stopping',
  ended: () => 'over',
};
