/** The names of the contours that `orch init` knows; apart from their texts, which no other command loads. */
export const CONTOUR_NAMES = ['review', 'framework-review', 'migration'] as const;
export type ContourName = (typeof CONTOUR_NAMES)[number];
