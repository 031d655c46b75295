/** Ids of jobs and of the legs of a matrix. */
import { foldCase } from './expressions/letter-case.ts';

const MAX_ID = 100;
const MAX_LEG_ID = 25;

/** What is wrong with an id of a job or step, as a sentence; undefined when nothing is. */
export function checkId(id: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(id) || id.length >= MAX_ID) {
    return (
      `The identifier '${id}' is invalid. IDs may only contain alphanumeric characters, '_', and '-'. ` +
      `IDs must start with a letter or '_' and must be less than ${MAX_ID} characters.`
    );
  }
  if (id.startsWith('__')) return `The identifier '${id}' is invalid. IDs starting with '__' are reserved.`;
  return undefined;
}

/** Ids for the legs of one matrix, by their name segments; unique without regard to case, at most 25 characters. */
export function makeLegIds(legs: readonly (readonly string[])[]): readonly string[] {
  const taken = new Set<string>();
  return legs.map((segments) => {
    const id = firstFree(idOf(segments), taken);
    taken.add(foldCase(id));
    return id;
  });
}

function idOf(segments: readonly string[]): string {
  const filled = segments.filter((segment) => segment !== '');
  if (filled.length === 0) return 'job';
  const joined = filled.map((segment) => segment.replace(/[^A-Za-z0-9_-]/g, '_')).join('_');
  const id = /^[0-9-]/.test(joined) ? `_${joined}` : joined;
  // Two underscores in front are reserved.
  return id.replace(/^_{2,}/, '_');
}

function firstFree(id: string, taken: ReadonlySet<string>): string {
  for (let attempt = 1; ; attempt++) {
    const separator = id === '_' ? '' : '_';
    const suffix = attempt === 1 ? '' : `${separator}${attempt}`;
    const candidate = id.slice(0, MAX_LEG_ID - suffix.length) + suffix;
    if (!taken.has(foldCase(candidate))) return candidate;
  }
}
