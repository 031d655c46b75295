/** Finds problems in lines: how the patterns of a matcher work together over several lines. */
import type { Severity } from '../../shared/diagnostic.ts';
import { PROBLEM_FIELDS, type ProblemField, type ProblemMatcher, type ProblemPattern } from './problem-matcher.ts';

/** The text of each field; one that was not found is not there. */
export type Problem = Readonly<Partial<Record<ProblemField, string>>>;

/** What the patterns of one matcher have found so far, by pattern; the last one keeps nothing. */
export type MatchState = readonly (Problem | undefined)[];

export interface MatchStep {
  readonly state: MatchState;
  readonly found?: Problem;
}

/** One line through one matcher. */
export function matchLine(matcher: ProblemMatcher, state: MatchState, line: string): MatchStep {
  const last = matcher.patterns.length - 1;
  const next = [...state];
  // From the last to the first: a line that ends one match may begin the next.
  for (let index = last; index >= 0; index--) {
    const before = index > 0 ? state[index - 1] : undefined;
    const pattern = matcher.patterns[index];
    if (pattern === undefined || (index > 0 && before === undefined)) continue;
    const problem = extract(pattern, line, before);
    if (index < last) {
      next[index] = problem;
    } else if (problem !== undefined) {
      return { state: pattern.loop && last > 0 ? keepOnly(last - 1, before) : [], found: complete(problem, matcher) };
    } else if (last > 0) {
      next[last - 1] = undefined;
    }
  }
  return { state: next };
}

function keepOnly(index: number, problem: Problem | undefined): MatchState {
  const state: (Problem | undefined)[] = [];
  state[index] = problem;
  return state;
}

function extract(pattern: ProblemPattern, line: string, before: Problem | undefined): Problem | undefined {
  const match = pattern.regexp.exec(line);
  if (match === null) return undefined;
  const problem: Partial<Record<ProblemField, string>> = { ...before };
  for (const field of PROBLEM_FIELDS) {
    const group = pattern[field];
    if (group !== undefined) problem[field] ??= match[group] ?? '';
  }
  return problem;
}

function complete(problem: Problem, { severity, fromPath }: ProblemMatcher): Problem {
  return { ...problem, severity: problem.severity || severity, fromPath: problem.fromPath || fromPath };
}

/** Undefined when it is a word that GitHub does not know. */
export function problemLevel(severity: string): Severity | undefined {
  const word = severity.toLowerCase();
  if (word === '' || word === 'error') return 'error';
  return word === 'warning' || word === 'notice' ? word : undefined;
}
