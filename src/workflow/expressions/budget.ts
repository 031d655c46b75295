/** How much text and how many items one evaluation may make, so that a hostile expression cannot fill the memory. */
import { failEvaluation } from './fault.ts';

/** In UTF-16 units; an item of an array counts as 8. */
const MAX_PRODUCED = 10 * 1024 * 1024;

export interface Budget {
  /** Fails the evaluation when it goes over the limit. Call before the text is put together. */
  spend(amount: number): void;
}

export function makeBudget(): Budget {
  let left = MAX_PRODUCED;
  return {
    spend(amount) {
      left -= amount;
      if (left < 0) failEvaluation('The maximum allowed memory size was exceeded while evaluating the expression');
    },
  };
}
