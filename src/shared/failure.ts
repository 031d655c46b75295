/** Why a job did not succeed: a code for programs and a sentence for people. */
export type FailureCode =
  | 'exit-code'
  | 'signal'
  | 'timeout'
  | 'idle-timeout'
  | 'startup-timeout'
  | 'verify-failed'
  | 'verify-timeout'
  | 'empty'
  | 'changed'
  | 'changed-outside'
  | 'artifact-missing'
  | 'artifact-incomplete'
  | 'artifact-invalid'
  | 'verdict-missing'
  | 'review-invalid'
  | 'changes-requested'
  | 'merge-conflict'
  | 'unsafe-tree'
  | 'filter-unsupported'
  | 'setup-failed'
  | 'output-invalid'
  | 'secret-missing'
  | 'input-invalid'
  | 'not-started'
  | 'action-not-found'
  | 'expression'
  | 'environment-lost'
  | 'disk-full'
  | 'cancelled'
  | 'internal';

export const FAILURE_CODES: readonly FailureCode[] = [
  'exit-code',
  'signal',
  'timeout',
  'idle-timeout',
  'startup-timeout',
  'verify-failed',
  'verify-timeout',
  'empty',
  'changed',
  'changed-outside',
  'artifact-missing',
  'artifact-incomplete',
  'artifact-invalid',
  'verdict-missing',
  'review-invalid',
  'changes-requested',
  'merge-conflict',
  'unsafe-tree',
  'filter-unsupported',
  'setup-failed',
  'output-invalid',
  'secret-missing',
  'input-invalid',
  'not-started',
  'action-not-found',
  'expression',
  'environment-lost',
  'disk-full',
  'cancelled',
  'internal',
];

export interface Failure {
  readonly code: FailureCode;
  /** One sentence, such as `the command ended with exit code 3`. */
  readonly message: string;
  /** What to do next, when there is something to say. */
  readonly hint?: string;
  /** Paths, names and the like that a report may list. */
  readonly details?: readonly string[];
}

/** Thrown by an adapter when the machine, not the user's work, failed; turned into a failed job in one place. */
export class MachineError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'MachineError';
    this.failure = failure;
  }
}
