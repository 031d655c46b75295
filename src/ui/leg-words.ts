/** How a leg stands, in words, as `orch status` and `orch logs` say it. */
import { type LegView, reviewInWords } from '../reports/index.ts';
import { formatDuration } from '../shared/quantity.ts';
import { unreachable } from '../shared/result.ts';

/** `over`: the run is, so that what was open will stay so. */
export function wordsFor(leg: LegView, over: boolean): string {
  const { standing } = leg;
  switch (standing) {
    case 'waiting':
      return over ? 'never started' : 'waiting';
    case 'running':
      return over ? 'did not finish' : DOING[leg.phase](leg);
    case 'reused':
      return `reused from ${leg.reusedFrom}`;
    case 'awaiting':
      return 'waits for approval';
    case 'tolerated':
      return 'failed, allowed to';
    case 'succeeded':
      return [standing, reviewInWords(leg)].filter(Boolean).join(', ');
    case 'paused':
    case 'failed':
    case 'cancelled':
    case 'skipped':
      return standing;
    default:
      return unreachable(standing);
  }
}

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
