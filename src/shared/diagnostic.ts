/** What is wrong with a user's file, where, and the way out. */
import type { SourceLocation } from './source.ts';

export type Severity = 'error' | 'warning' | 'notice';

export interface Diagnostic {
  readonly severity: Severity;
  /** GitHub finds the same in the file and says so in these words; absent when it is ours alone. */
  readonly wording?: 'github';
  /** Stable and kebab-case, such as `unknown-key`. */
  readonly code: string;
  /** One sentence for people. */
  readonly message: string;
  readonly at?: SourceLocation;
  /** What to do about it, such as `did you mean "depends_on"?`. */
  readonly hint?: string;
  readonly related?: readonly { readonly message: string; readonly at: SourceLocation }[];
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

/** As GitHub begins its messages about a file: `FILE (Line: L, Col: C): `; empty without a place. */
export function githubPlace(at: SourceLocation | undefined): string {
  if (at === undefined) return '';
  const start = at.range?.start;
  return start === undefined ? `${at.file}: ` : `${at.file} (Line: ${start.line}, Col: ${start.column}): `;
}

/** Longer words are not mistyped names, and comparing two takes the product of their lengths. */
const MAX_WORD = 100;

/** The candidate that a mistyped word most likely meant, or undefined when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > MAX_WORD) return undefined;
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein's distance with swaps of neighbours, given up at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: readonly number[] = [];
  let above: readonly number[] = Array.from({ length: b.length + 1 }, (_, i) => i);
  let leastAbove = 0;
  const known = (row: readonly number[], j: number): number => row[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const replaced = known(above, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? known(before, j - 2) + 1 : replaced;
      const distance = Math.min(known(above, j) + 1, known(row, j - 1) + 1, replaced, swapped);
      row.push(distance);
      least = Math.min(least, distance);
    }
    // A swap reaches back over one row, so it takes two that are beyond the limit to stay there.
    if (least >= limit && leastAbove >= limit) return limit;
    before = above;
    above = row;
    leastAbove = least;
  }
  return Math.min(known(above, b.length), limit);
}
