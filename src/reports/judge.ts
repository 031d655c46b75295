/** The run's result as its record shows it: one pure function, so that every display says the same. */
import type { LegView, RunView } from './view.ts';

/** `unfinished`: the record ends before the run did, or has holes; nothing can be said to have succeeded. */
export type RunResult = 'success' | 'failure' | 'cancelled' | 'incomplete' | 'paused' | 'unfinished';

export interface RunVerdict {
  readonly result: RunResult;
  /** Why it is not a success, a sentence each; what the tasks' own failures say is not repeated. */
  readonly reasons: readonly string[];
}

/**
 * Believes the worst of what the run said at its end and what its legs show. Green needs all of it: an end, an
 * unbroken record, a conclusion for each leg, none of them a failure or a cancellation.
 */
export function judgeRun(view: RunView): RunVerdict {
  const broken = brokenRecord(view);
  return broken.length > 0 || !view.finished
    ? { result: 'unfinished', reasons: broken }
    : judgeEnd(view, view.finished);
}

function judgeEnd(view: RunView, { result: claimed, exitCode }: NonNullable<RunView['finished']>): RunVerdict {
  if (claimed === 'paused') return { result: 'paused', reasons: [] };
  if (claimed === 'cancelled' || (view.cancelling && claimed === 'success')) {
    return { result: 'cancelled', reasons: [view.cancelling?.message ?? 'The run was cancelled'] };
  }
  if (has(view, 'failure')) return { result: 'failure', reasons: [] };
  if (claimed === 'failure') return { result: 'failure', reasons: whyNoneFailed(view) };
  if (has(view, 'cancelled')) return { result: 'cancelled', reasons: [] };
  return judgeQuietEnd(view, claimed, exitCode);
}

/** Of a run that failed, and none of its legs: it was stopped, or a leg was ended, before it began or while it ran. */
function whyNoneFailed(view: RunView): readonly string[] {
  const { cancelling, legs } = view;
  const leg = legs.find(({ skipped, conclusion }) => skipped !== undefined && conclusion === 'cancelled');
  const cause = leg?.skipped && `${leg.name} was cancelled: ${leg.skipped.message}`;
  const why = cancelling?.message ?? cause;
  if (why !== undefined) return [why];
  return has(view, 'cancelled') ? [] : ['The run ended as a failure'];
}

/** Nothing failed and nothing was cancelled. */
function judgeQuietEnd(view: RunView, claimed: string, exitCode: number): RunVerdict {
  if (claimed === 'incomplete') {
    const count = view.legs.filter((leg) => leg.skipped?.reason === 'unserved').length;
    const whose = count === 1 ? 'One job was' : `${count} jobs were`;
    return { result: 'incomplete', reasons: [`${whose} served by nobody here`] };
  }
  if (exitCode !== 0) return { result: 'failure', reasons: [`The run ended with exit code ${exitCode}`] };
  return { result: 'success', reasons: [] };
}

function brokenRecord(view: RunView): string[] {
  const reasons: string[] = [];
  if (!view.started) reasons.push('The record lacks the start of the run');
  if (view.missing > 0)
    reasons.push(`${view.missing === 1 ? 'An event is' : `${view.missing} events are`} missing from the record`);
  if (!view.finished) {
    const stopped = view.cancelling && `The record ends while the run was being stopped: ${view.cancelling.message}`;
    reasons.push(stopped ?? 'The record ends before the run did: orch was killed, crashed, or is still at work');
    return reasons;
  }
  const isOpen = view.finished.result === 'paused' ? isLost : hasNoEnd;
  const open = view.legs.filter(isOpen).length;
  if (open > 0) reasons.push(`${open === 1 ? 'One job has' : `${open} jobs have`} no result in the record`);
  return reasons;
}

function hasNoEnd({ conclusion }: LegView): boolean {
  return conclusion === undefined;
}

/** In a run that is paused, what waits has no end yet; what was at work must have one. */
function isLost({ standing }: LegView): boolean {
  return standing === 'running';
}

function has(view: RunView, conclusion: NonNullable<LegView['conclusion']>): boolean {
  return view.legs.some((leg) => leg.conclusion === conclusion);
}
