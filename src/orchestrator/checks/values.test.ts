import { describe } from 'vitest';
import { checkCases, task } from '../testing/cases.ts';

describe('keys without effect', () => {
  checkCases([
    ['fail_fast', task('fail_fast: ⟦false⟧'), 'no-effect', 'does nothing without "matrix"'],
    ['verify_timeout', task('verify_timeout: ⟦3m⟧'), 'no-effect'],
  ]);
});
