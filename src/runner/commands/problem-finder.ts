/** Puts the problem matchers of a job to the lines of one stream, as many lines at a time as came together. */
import { annotate, type CommandEffect } from './effects.ts';
import { type Search, searchLines } from './guarded-search.ts';
import { stripColours } from './lines.ts';
import { type MatchState, matchLine } from './match-problem.ts';
import type { MatcherRegistry } from './matcher-registry.ts';
import { type ProblemPlace, problemEffects } from './problem-annotation.ts';
import type { ProblemMatcher } from './problem-matcher.ts';

export interface ProblemFinderOptions extends ProblemPlace {
  readonly matchers: MatcherRegistry;
  /** Milliseconds for a pattern on a line; one second, as on GitHub. */
  readonly matchLimit?: number;
}

export interface ProblemFinder {
  /** The lines that `find` is going to be asked about. */
  expect(lines: readonly string[]): void;
  /** Ends with the line as output unless it became an annotation. */
  find(index: number): readonly CommandEffect[];
}

const MATCH_LIMIT = 1000;

/** A search and what it was about: it holds as long as the job has the same matchers. */
interface Searched extends Search {
  readonly matchers: readonly ProblemMatcher[];
  readonly from: number;
}

/** What patterns of several lines have found so far is the stream's; the matchers are the job's. */
export function createProblemFinder(options: ProblemFinderOptions): ProblemFinder {
  const { matchers: registry, matchLimit = MATCH_LIMIT } = options;
  let states: ReadonlyMap<ProblemMatcher, MatchState> = new Map();
  let expected: readonly string[] = [];
  let searched: Searched | undefined;

  const searchFrom = (from: number): Searched => {
    const matchers = registry.list();
    if (searched?.matchers !== matchers) {
      searched = { matchers, from, ...searchLines(matchers, expected.slice(from).map(stripColours), matchLimit) };
    }
    return searched;
  };
  const drop = (slow: readonly ProblemMatcher[], search: Searched): readonly CommandEffect[] => {
    registry.remove(slow.map(({ owner }) => owner));
    // What was found for the others still holds.
    searched = { ...search, matchers: registry.list() };
    return slow.map(({ owner }) => {
      const message = `Removing issue matcher '${owner}'. Matcher failed 3 times. Error: a pattern takes too long`;
      return annotate({ level: 'warning', message });
    });
  };
  const match = (matchers: readonly ProblemMatcher[], line: string): readonly CommandEffect[] => {
    const notes: CommandEffect[] = [];
    for (const matcher of matchers) {
      const { state, found } = matchLine(matcher, states.get(matcher) ?? [], line);
      // A match ends what the others had begun.
      states = new Map(found === undefined ? [...states, [matcher, state]] : [[matcher, state]]);
      if (found !== undefined) notes.push(...problemEffects(found, line, options));
      if (isShown(notes)) break;
    }
    return notes;
  };
  return {
    expect: (lines) => {
      expected = lines;
      searched = undefined;
    },
    find: (index) => {
      const line = expected[index] ?? '';
      const output: CommandEffect = { type: 'output', line };
      if (registry.list().length === 0) return [output];
      const search = searchFrom(index);
      const slow = search.slow.get(index - search.from);
      const warnings = slow === undefined ? [] : drop(slow, search);
      const hits = search.hits[index - search.from];
      const begun = (matcher: ProblemMatcher): boolean =>
        states.get(matcher)?.some((problem) => problem !== undefined) ?? false;
      const effects = match(
        registry.list().filter((matcher) => hits?.has(matcher) || begun(matcher)),
        stripColours(line),
      );
      return [...warnings, ...effects, ...(isShown(effects) ? [] : [output])];
    },
  };
}

function isShown(effects: readonly CommandEffect[]): boolean {
  return effects.some(({ type }) => type === 'annotation');
}
