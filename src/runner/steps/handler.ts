/** What runs one step: its inputs and environment in, its outcome and outputs out. */
import type { Failure } from '../../shared/failure.ts';
import type { TaskReport } from '../../shared/verdict.ts';

export interface StepCall {
  readonly inputs: Readonly<Record<string, string>>;
  /** The job's `env`, then the step's. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface StepEnd {
  readonly outcome: 'success' | 'failure' | 'cancelled';
  readonly failure?: Failure;
  readonly outputs: Readonly<Record<string, string>>;
  readonly report?: TaskReport;
}

export type StepHandler = (call: StepCall) => Promise<StepEnd>;
