/** What a developer leaves for whoever reviews the work. */
export const REVIEW_FOLDER = 'review';

export const HANDOFF = {
  path: `${REVIEW_FOLDER}/handoff.md`,
  sections: ['Context', 'Commands'],
  template: 'framework/review/templates/handoff.md',
} as const;
