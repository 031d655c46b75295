/**
 * Regular expressions from strangers on lines from strangers, within a limit of time. Node can be interrupted inside a
 * match by the clock of a `vm` call, in this thread and without a copy of the text. Such a call costs as much as a
 * hundred matches, so one covers all lines that came together.
 */
import { createContext, Script } from 'node:vm';
import type { ProblemMatcher } from './problem-matcher.ts';

export interface Search {
  /** By line: the matchers of which a pattern matches it. Matching it again takes no longer than it did. */
  readonly hits: readonly ReadonlySet<ProblemMatcher>[];
  /** By line: the matchers that were too slow there. Lines behind it were not searched for them. */
  readonly slow: ReadonlyMap<number, readonly ProblemMatcher[]>;
}

/** A machine may be slow for a moment. */
const STRIKES = 3;

const script = new Script('search()');
const sandbox: { search?: () => void } = createContext({});

/** Tries every pattern on every line; `limit` is in milliseconds, for one try of one matcher. */
export function searchLines(matchers: readonly ProblemMatcher[], lines: readonly string[], limit: number): Search {
  const hits = lines.map(() => new Set<ProblemMatcher>());
  const slow = new Map<number, ProblemMatcher[]>();
  const given = new Set<ProblemMatcher>();
  let line = 0;
  let at = 0;
  const walk = (): void => {
    for (; line < lines.length; line++, at = 0) {
      for (; at < matchers.length; at++) {
        const matcher = matchers[at];
        if (matcher === undefined || given.has(matcher)) continue;
        const text = lines[line] ?? '';
        if (matcher.patterns.some(({ regexp }) => regexp.test(text))) hits[line]?.add(matcher);
      }
    }
  };
  let strikes = 0;
  let place = '';
  while (!runWithin(walk, limit)) {
    // Many lines that are quick one by one may take longer together: only a place that does not move is slow.
    strikes = place === `${line}:${at}` ? strikes + 1 : 1;
    place = `${line}:${at}`;
    const matcher = matchers[at];
    if (strikes < STRIKES || matcher === undefined) continue;
    given.add(matcher);
    slow.set(line, [...(slow.get(line) ?? []), matcher]);
  }
  return { hits, slow };
}

/** False when the time was up. */
function runWithin(work: () => void, limit: number): boolean {
  sandbox.search = work;
  try {
    script.runInContext(sandbox, { timeout: limit });
    return true;
  } catch (error) {
    if (isTimeout(error)) return false;
    throw error;
  } finally {
    delete sandbox.search;
  }
}

/** The error belongs to the sandbox, whose `Error` is another one. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
