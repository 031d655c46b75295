/** What the tables of features are made of. A feature that works, or differs, has checks that say so; nobody else may. */
export interface Check {
  /** Tells it from the others of its feature. */
  readonly what: string;
  readonly actual: () => unknown;
  /** Compared as `toEqual` does. */
  readonly expected: unknown;
}

export type Checks = readonly [Check, ...Check[]];

export interface Feature {
  /** One line of Markdown, in GitHub's terms. */
  readonly feature: string;
  readonly status: 'works' | 'differs' | 'not yet';
  /** How it differs, or what happens instead. */
  readonly note: string;
  readonly checks: readonly Check[];
}

export interface Subject {
  readonly title: string;
  readonly features: readonly Feature[];
}

/** As on GitHub. */
export function works(feature: string, ...checks: Checks): Feature {
  return { feature, status: 'works', note: '', checks };
}

/** As on GitHub, except for what the note says; the checks show both. */
export function differs(feature: string, note: string, ...checks: Checks): Feature {
  return { feature, status: 'differs', note, checks };
}

/** The checks show what happens instead, where that is more than nothing. */
export function notYet(feature: string, note: string, ...checks: readonly Check[]): Feature {
  return { feature, status: 'not yet', note, checks };
}
