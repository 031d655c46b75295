/**
 * Moving over text in which no pattern can begin, without a look at every byte (after Wu and Manber): where the last
 * three bytes of a window stand nowhere in the beginnings of the patterns, no pattern begins in the window's reach.
 */
export interface Leaps {
  /** Bytes of a window: the first so many bytes of each pattern count. */
  readonly window: number;
  /** By `tripleOf` the last three bytes of a window, how far it may move; 0 when a pattern may begin where it stands. */
  readonly far: Uint8Array;
}

/** A short window moves no faster than a look at every byte; a long one has no room at the ends of lines. */
const SHORTEST = 6;
const LONGEST = 12;

/** With more of all triples than this in the beginnings of patterns, leaps are short and the way is often lost. */
const CROWDED = 1 / 10;

/** Undefined when it would not be worth while: a pattern is too short, or there are too many. */
export function buildLeaps(patterns: readonly Uint8Array[]): Leaps | undefined {
  const window = patterns.reduce((least, pattern) => Math.min(least, pattern.length), LONGEST);
  if (window < SHORTEST) return undefined;
  const far = new Uint8Array(1 << 15).fill(window - 2);
  for (const pattern of patterns) {
    for (let end = 2; end < window; end++) {
      const triple = tripleOf(pattern, end);
      far[triple] = Math.min(far[triple] ?? 0, window - 1 - end);
    }
  }
  const met = far.reduce((count, step) => (step < window - 2 ? count + 1 : count), 0);
  return met > far.length * CROWDED ? undefined : { window, far };
}

/**
 * The first place from `from` on at which a pattern may begin, or one less than a window before `to`. There must be
 * no line break before `to`: patterns are found across those, which a window does not see.
 */
export function leap(
  { window, far }: Leaps,
  data: Uint8Array,
  span: { readonly from: number; readonly to: number },
): number {
  const last = span.to - window;
  let at = span.from;
  while (at <= last) {
    const step = far[tripleOf(data, at + window - 1)] as number;
    if (step === 0) break;
    at += step;
  }
  return at;
}

/** Fifteen bits of the three bytes that end at `end`. The casts spare a test for undefined at places that exist. */
function tripleOf(data: Uint8Array, end: number): number {
  return (((data[end - 2] as number) << 9) ^ ((data[end - 1] as number) << 4) ^ (data[end] as number)) & 0x7fff;
}
