/** Legs of a run by what people call them: the id, the job, or the name that they are shown by. */
import { cleanText, type LegView } from '../reports/index.ts';
import { nearest } from '../shared/diagnostic.ts';

type Named = Pick<LegView, 'id' | 'job' | 'name'>;

/** Whom the text names: one leg by its id, else those of a job, else those of that name, `build (20, linux)`. */
export function legsNamed<L extends Named>(legs: readonly L[], text: string): readonly L[] {
  for (const nameOf of [idOf, jobOf, shownName]) {
    const found = legs.filter((leg) => isSame(nameOf(leg), text));
    if (found.length > 0) return found;
  }
  return [];
}

/** What was probably meant by a text that names none. */
export function nearestLeg(legs: readonly Named[], text: string): string | undefined {
  return nearest(text, new Set(legs.flatMap((leg) => [jobOf(leg), idOf(leg), shownName(leg)])));
}

/** For a choice between several: the ids, and what stands behind them where they are shown by another name. */
export function listLegs(legs: readonly Named[]): string {
  const entries = legs.map((leg) => (isSame(leg.id, shownName(leg)) ? leg.id : `${leg.id} (${shownName(leg)})`));
  return cleanText(entries.join(', '));
}

function idOf({ id }: Named): string {
  return id;
}

function jobOf({ job }: Named): string {
  return job;
}

function shownName({ name }: Named): string {
  return cleanText(name);
}

/** As GitHub has it for ids. */
function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
