/** What runs one step: its inputs and environment in, its outcome and outputs out. */
import type { Failure } from '../../shared/failure.ts';
import type { Result } from '../../shared/result.ts';
import type { TaskReport } from '../../shared/verdict.ts';
import type { JsonObject, NodeFault, Scope } from '../../workflow/index.ts';
import type { Annotation } from '../commands/index.ts';
import type { HashPlace } from './hash-files.ts';

export interface StepCall {
  readonly inputs: Readonly<Record<string, string>>;
  /** The job's `env` with what steps have added, then the step's. */
  readonly env: Readonly<Record<string, string>>;
  /** The step's part of it. */
  readonly ownEnv: Readonly<Record<string, string>>;
  /** What the step goes by in its job or composite action, generated ones included. */
  readonly id: string;
  readonly signal: AbortSignal;
  /** For steps within the step, some of which go on after a cancellation: aborted when none may any more. */
  readonly overdue?: AbortSignal | undefined;
  readonly evaluate: Evaluate;
  /** Where `hashFiles` looks, for steps within the step. */
  readonly hashes: HashPlace | undefined;
  readonly tell: (news: StepNews) => void;
}

/** Reads a part of the step with its contexts and `hashFiles`; `github` adds members to that context. */
export type Evaluate = <T>(
  read: (scope: Scope) => Result<T, NodeFault>,
  github?: JsonObject,
) => Promise<Result<T, NodeFault>>;

/** What a step tells people besides its output. */
export type StepNews =
  | { readonly type: 'annotation'; readonly annotation: Annotation }
  | { readonly type: 'step.summary'; readonly markdown: string };

export interface StepEnd {
  readonly outcome: 'success' | 'failure' | 'cancelled';
  readonly failure?: Failure;
  /** The log has the failure already. */
  readonly told?: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  readonly report?: TaskReport;
  /** The process that failed, for whoever wants to look around as it did. */
  readonly process?: FailedProcess;
}

export interface FailedProcess {
  readonly cwd: string;
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
}

export type StepHandler = (call: StepCall) => Promise<StepEnd>;

export function failedStep(code: Failure['code'], message: string): StepEnd {
  return { outcome: 'failure', failure: { code, message }, outputs: {} };
}
