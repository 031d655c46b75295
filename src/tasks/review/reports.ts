/** The four reports that a review leaves, and what each has to hold. */
import type { Contract } from '../contracts/contract.ts';

const TEMPLATES = 'framework/review/templates';

/** The report that says whether the change is good, and why not. */
export const CODE_REVIEW: Contract = {
  path: 'review/code-review-report.md',
  sections: ['Summary', 'Findings'],
  frontMatter: [{ name: 'verdict', oneOf: ['approve', 'changes-requested'], missing: 'verdict-missing' }],
  template: `${TEMPLATES}/code-review-report.md`,
};

/** The other three. */
export const TEST_REPORTS: readonly Contract[] = [
  { path: 'review/test-plan.md', sections: ['Scope', 'Test cases'], template: `${TEMPLATES}/test-plan.md` },
  { path: 'review/bug-report.md', sections: ['Bugs'], template: `${TEMPLATES}/bug-report.md` },
  { path: 'review/qa-coverage.md', sections: ['Covered', 'Not covered'], template: `${TEMPLATES}/qa-coverage.md` },
];

export const REPORTS: readonly string[] = [CODE_REVIEW, ...TEST_REPORTS].map(({ path }) => path);
