// Ratios on a noisy machine: the sides of a comparison take turns, and medians are compared.

/**
 * Runs each side once a round, in turn, after one round that does not count. A side returns `{ ms, … }`. At least
 * `least` rounds, then more up to `most` while `budget` milliseconds last.
 */
export async function takeTurns(sides, { least, most, budget, warmUp = true }) {
  const names = Object.keys(sides);
  if (warmUp) for (const name of names) await sides[name]();
  const taken = Object.fromEntries(names.map((name) => [name, []]));
  const deadline = performance.now() + budget;
  for (let round = 0; round < most && (round < least || performance.now() < deadline); round++) {
    // Whoever comes first finds other caches: they change places.
    for (const name of round % 2 === 0 ? names : names.toReversed()) taken[name].push(await sides[name]());
  }
  return taken;
}

/** `of` one side to the raw one: ratio of medians, and the lowest and highest ratio of a round. */
export function compare(of, raw, field = 'ms', rawField = field) {
  const a = of.map((sample) => sample[field]);
  const b = raw.map((sample) => sample[rawField]);
  const rounds = a.map((value, index) => value / b[index]);
  return { ratio: median(a) / median(b), low: Math.min(...rounds), high: Math.max(...rounds), rounds: a.length };
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function medianOf(samples, field = 'ms') {
  return median(samples.map((sample) => sample[field]));
}
