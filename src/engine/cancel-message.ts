/** Why a leg that runs is asked to end, in words. */
import type { CancelReason } from './events.ts';
import { jobAt, type LegRef, legAt, type RunState } from './state.ts';

/** One sentence; GitHub's where GitHub has one. */
export function cancelMessage(state: RunState, ref: LegRef, reason: CancelReason): string {
  const { leg, displaced } = legAt(state, ref);
  switch (reason) {
    case 'timeout':
      return `The job has exceeded the maximum execution time of ${wordsForTime(leg.timeoutMinutes)}`;
    case 'fail-fast':
      return `The job was canceled because "${culpritOf(state, ref.job)}" failed.`;
    case 'user':
      return 'The run was canceled.';
    case 'concurrency':
      return displaced ?? 'another of its concurrency group took its place';
    case 'on-failure':
      return 'an earlier job failed, and on_failure ends those that run';
    case 'journal-lost':
      return 'the journal of the run could not be written any more';
    default:
      return reason satisfies never;
  }
}

/** The leg that the others of its job do not go on for. */
function culpritOf(state: RunState, job: number): string {
  const { legs, planned } = jobAt(state, job);
  return legs.find(({ phase, conclusion }) => phase === 'ended' && conclusion === 'failure')?.leg.id ?? planned.id;
}

/** As `6h0m0s`. */
function wordsForTime(minutes: number): string {
  const seconds = Math.floor(minutes * 60);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (seconds < 1) return `${Math.round(minutes * 60_000)}ms`;
  return `${h > 0 ? `${h}h` : ''}${seconds >= 60 ? `${m}m` : ''}${s}s`;
}
