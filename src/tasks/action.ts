/** The shape of the actions that a task's job is made of: called in this process here, as a bundle on GitHub. */
import type { Failure } from '../shared/failure.ts';
import type { TaskReport } from '../shared/verdict.ts';
import type { TaskPorts } from './ports.ts';

export interface ActionCall {
  /** As in `with:`, by name in kebab-case; always text. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The action's own environment: the host's, then the job's `env`, then the step's. */
  readonly env: Readonly<Record<string, string>>;
  /** Kept from one action of the job to the next. Plain JSON. */
  readonly memo: Memo;
}

export interface Memo {
  read(key: string): unknown;
  write(key: string, value: unknown): void;
}

export interface ActionResult {
  readonly outcome: 'success' | 'failure' | 'cancelled';
  readonly failure?: Failure;
  readonly outputs: Readonly<Record<string, string>>;
  /** Left by `finish-task` alone. */
  readonly report?: TaskReport;
}

export type TaskAction = (call: ActionCall, ports: TaskPorts) => Promise<ActionResult>;
