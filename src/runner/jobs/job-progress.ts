/** What the steps of a job have come to so far: their order, the failure that counts, the report of a task. */
import type { Failure } from '../../shared/failure.ts';
import type { TaskReport } from '../../shared/verdict.ts';
import type { StepDone } from './run-step.ts';
import { firstStep, type StepOrder } from './step-order.ts';

export interface JobProgress {
  /** As things are now. */
  readonly order: StepOrder;
  readonly failure: Failure | undefined;
  readonly report: TaskReport | undefined;
  /** Takes the next order from the one that there is. */
  move(change: (order: StepOrder) => StepOrder): void;
  /** A step's report, and its failure, unless one counts already. */
  note(done: StepDone): void;
  /** This failure counts, whatever did before; none when undefined. */
  setFailure(failure: Failure | undefined): void;
}

export function createProgress(start: StepOrder = firstStep()): JobProgress {
  let order = start;
  let failure: Failure | undefined;
  let report: TaskReport | undefined;
  return {
    get order() {
      return order;
    },
    get failure() {
      return failure;
    },
    get report() {
      return report;
    },
    move: (change) => {
      order = change(order);
    },
    note: (done) => {
      report = done.report ?? report;
      if (done.conclusion === 'failure' || done.conclusion === 'cancelled') failure ??= done.failure;
    },
    setFailure: (of) => {
      failure = of;
    },
  };
}
