/** What a framework review has to leave: its files, and the sections that each must have. */

/** As `run-task` takes them in its input `documents`. */
export interface RequiredDocument {
  /** Relative to the working tree. */
  readonly path: string;
  readonly sections: readonly string[];
  /** Where one is shown how it is done. */
  readonly template: string;
}

/** All that a review may change. */
export const REVIEW_FOLDER = 'framework-review';
const TEMPLATES = 'framework/framework-review/templates';

function document(name: string, sections: readonly string[]): RequiredDocument {
  return { path: `${REVIEW_FOLDER}/${name}`, sections, template: `${TEMPLATES}/${name}` };
}

export const FRAMEWORK_REVIEW_DOCUMENTS: readonly RequiredDocument[] = [
  document('framework-log-analysis.md', ['Summary', 'Failures', 'Retries and timeouts', 'Waits', 'Warnings']),
  document('framework-bug-report.md', ['Summary', 'Bugs', 'How to reproduce']),
  document('framework-fix-plan.md', ['Summary', 'Fixes', 'Risks', 'How to check']),
];
