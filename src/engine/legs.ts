/** A leg: what one run of a job comes down to once its matrix is known, and what it may ask for. */
import type { JsonObject } from '../workflow/index.ts';

export interface Leg {
  /** Unique in the run: `job` or `job+leg`. */
  readonly id: string;
  /** What people see: `build (20, linux)`. */
  readonly name: string;
  readonly index: number;
  /** Null without a matrix. */
  readonly matrix: JsonObject | null;
  readonly continueOnError: boolean;
  readonly timeoutMinutes: number;
  /** Between the request to stop and the kill; 5 when absent. */
  readonly cancelTimeoutMinutes?: number;
  readonly concurrency?: Concurrency;
  /** That of the workflow which it calls, held as well. */
  readonly calleeConcurrency?: Concurrency;
  readonly runsOn?: RunsOn;
  /** Nobody here serves its `runs-on`: because it asks for another system, or for something unknown. */
  readonly unserved?: 'other-system' | 'unknown-label';
  readonly environment?: { readonly name: string; readonly deployment: boolean };
}

export interface Concurrency {
  readonly group: string;
  readonly queue: 'single' | 'max';
  readonly cancelInProgress: boolean;
}

export interface RunsOn {
  readonly labels: readonly string[];
  readonly group?: string;
}
