import { describe, expect, it } from 'vitest';
import { checkCases, file } from '../testing/cases.ts';
import { check } from '../testing/marked.ts';

describe('what on_finish cannot start', () => {
  const reason = 'would wait for the run that waits for "on_finish" — write "framework_review: { after: always }"';
  checkCases([
    ['a framework review', file('on_finish: ⟦orch framework-review --wait⟧'), 'bad-value', 'framework_review: { after'],
    [
      'one that is refused',
      file('on_finish: ⟦"test $ORCH_RESULT = success || npx orch framework-review"⟧'),
      'bad-value',
    ],
    ['one with a limit', file('on_finish: ⟦"A=b timeout 9h node ./dist/orch.js framework-review &"⟧'), 'bad-value'],
    [
      'one among others',
      file('on_finish: ⟦"tell; if true; then orch framework-review --wait; fi"⟧'),
      'bad-value',
      reason,
    ],
  ]);

  it.each([
    '"echo look: orch framework-review --wait"',
    '"# orch framework-review --wait"',
    'orch run ci',
    'orch framework-reviews',
    './orch-framework-review',
  ])('takes no offence at %s', (command) => {
    expect(check(file(`on_finish: ${command}`)).diagnostics).toEqual([]);
  });
});
