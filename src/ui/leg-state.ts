/** How a leg stands, from what `orch status` and `orch logs` know of it: in a standing, and in words. */
import type { JobFinished } from '../engine/index.ts';
import type { Standing } from '../reports/index.ts';
import { unreachable } from '../shared/result.ts';

export interface LegState {
  readonly state: 'waiting' | 'running' | 'finished';
  readonly result?: JobFinished['conclusion'];
  /** What it does just now. */
  readonly doing?: string;
  /** Why it failed or was skipped. */
  readonly reason?: string;
  readonly reusedFrom?: string;
}

export function standingOf({ state, result, reason, reusedFrom }: LegState): Standing {
  if (state !== 'finished') return state;
  switch (result) {
    case undefined:
    case 'success':
      // A success with a reason is a failure that was allowed.
      return reusedFrom !== undefined ? 'reused' : reason === undefined ? 'succeeded' : 'tolerated';
    case 'failure':
      return 'failed';
    case 'cancelled':
    case 'skipped':
      return result;
    default:
      return unreachable(result);
  }
}

/** `over`: the run is, so that what was open will stay so. */
export function wordsFor(leg: LegState, over: boolean): string {
  const standing = standingOf(leg);
  switch (standing) {
    case 'waiting':
      return over ? 'never started' : 'waiting';
    case 'running':
      return over ? 'did not finish' : (leg.doing ?? 'running');
    case 'reused':
      return `reused from ${leg.reusedFrom}`;
    case 'tolerated':
      return 'failed, allowed to';
    case 'succeeded':
    case 'failed':
    case 'cancelled':
    case 'skipped':
      return standing;
    default:
      return unreachable(standing);
  }
}
