/** The problem matchers of a job: what one step adds is there for the steps behind it. */
import type { ProblemMatcher } from './problem-matcher.ts';

export interface MatcherRegistry {
  /** Newest first. Another array after each change. */
  list(): readonly ProblemMatcher[];
  /** Each replaces one of the same owner. */
  add(matchers: readonly ProblemMatcher[]): void;
  remove(owners: readonly string[]): void;
}

export function createMatcherRegistry(): MatcherRegistry {
  let current: readonly ProblemMatcher[] = [];
  const without = (owners: readonly string[]): readonly ProblemMatcher[] => {
    const gone = new Set(owners.map((owner) => owner.toLowerCase()));
    return current.filter(({ owner }) => !gone.has(owner.toLowerCase()));
  };
  return {
    list: () => current,
    add: (matchers) => {
      for (const matcher of matchers) current = [matcher, ...without([matcher.owner])];
    },
    remove: (owners) => {
      current = without(owners);
    },
  };
}
