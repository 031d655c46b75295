/** What developers leave for reviewers, and the folder in which they write for each other. */
export const REVIEW_FOLDER = 'review';

export const HANDOFF = {
  path: `${REVIEW_FOLDER}/handoff.md`,
  sections: ['Context', 'Commands'],
  template: 'framework/review/templates/handoff.md',
} as const;
