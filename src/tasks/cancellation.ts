/** What a job's signal says when it is aborted. */
import type { Failure } from '../shared/failure.ts';

/** The reason as a sentence: the signal's own text, or the message of what it was aborted with. */
export function cancelReason(signal: AbortSignal): string {
  const reason: unknown = signal.reason;
  if (typeof reason === 'string' && reason !== '') return reason;
  if (typeof reason === 'object' && reason !== null && 'message' in reason && typeof reason.message === 'string')
    return reason.message;
  return 'the job was cancelled';
}

export function cancelledFailure(signal: AbortSignal): Failure {
  return { code: 'cancelled', message: cancelReason(signal) };
}
