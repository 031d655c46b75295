/** In what two runs of the same tasks differ: results, outputs, trees and kept files, leg by leg. */
import type { RanLeg } from './legs.ts';

export interface LegFacts extends RanLeg {
  /** Of the commit that dependents see: by path, what git has there (mode and object). Absent without such a commit. */
  readonly tree?: ReadonlyMap<string, string>;
  /** Of what a leg that failed by itself has left on its branch; in the form of `tree`. */
  readonly left?: ReadonlyMap<string, string>;
  /** The checks that did not hold, such as `exit code 3`. Those of a leg that others cancelled are not told. */
  readonly failed?: readonly string[];
  /** Of the files that it was told to keep: by path, their sha256. */
  readonly kept: ReadonlyMap<string, string>;
}

export interface Difference {
  readonly job: string;
  /** One sentence for people. */
  readonly message: string;
}

/** Paths that a sentence names. */
const NAMED = 4;

/** `here`: the tasks as they are defined. `there`: the exported workflow, whose further jobs are its own business. */
export function compareRuns(here: readonly LegFacts[], there: readonly LegFacts[]): readonly Difference[] {
  const others = new Map(there.map((leg) => [keyOf(leg), leg]));
  const jobs = new Set(here.map(({ job }) => job));
  const own = new Set(here.map(keyOf));
  const missing = there.filter((leg) => jobs.has(leg.job) && !own.has(keyOf(leg)));
  return [
    ...here.flatMap((leg) => {
      const other = others.get(keyOf(leg));
      if (other === undefined) return [say(leg, 'ran as a task alone, not in the exported workflow')];
      if (lostRace(leg, here) || lostRace(other, there)) return [];
      return compareLegs(leg, other).map((message) => say(leg, message));
    }),
    ...missing.map((leg) => say(leg, 'ran in the exported workflow alone, not as a task')),
  ];
}

/** When a leg fails, those beside it are cancelled, unless they were quicker: chance, and no difference of the definitions. */
function lostRace(leg: LegFacts, run: readonly LegFacts[]): boolean {
  const isRace = leg.isMatrix && leg.result === 'cancelled';
  return isRace && run.some(({ job, result }) => job === leg.job && result === 'failure');
}

function keyOf({ job, index }: LegFacts): string {
  return `${job} ${index}`;
}

function say({ job, id }: LegFacts, message: string): Difference {
  return { job, message: `${id} ${message}` };
}

function compareLegs(here: LegFacts, there: LegFacts): readonly string[] {
  if (here.result !== there.result) return [`ended as ${ending(here)}, in the exported workflow as ${ending(there)}`];
  if (found(here) !== found(there)) return [`failed by ${broken(here)}, in the exported workflow by ${broken(there)}`];
  return [
    ...compareOutputs(here.outputs, there.outputs),
    ...compareTrees(here.tree, there.tree),
    ...comparePaths('left', here.left ?? new Map(), there.left ?? new Map()),
    ...comparePaths('kept', here.kept, there.kept),
  ];
}

function found({ failed = [] }: LegFacts): string {
  return failed.join(' and ');
}

/** For people. What no check has found, such as a failure before the command, is told in other words by the two runs. */
function broken(leg: LegFacts): string {
  return found(leg) || (leg.result === 'failure' && leg.reason) || 'nothing';
}

function ending({ result, reason }: LegFacts): string {
  return reason === undefined ? result : `${result} (${reason})`;
}

function compareOutputs(here: LegFacts['outputs'], there: LegFacts['outputs']): readonly string[] {
  const names = new Set([...Object.keys(here), ...Object.keys(there)]);
  const different = [...names].filter((name) => here[name] !== there[name]);
  return different.length === 0 ? [] : [`gave other outputs in the exported workflow: ${different.join(', ')}`];
}

function compareTrees(here: LegFacts['tree'], there: LegFacts['tree']): readonly string[] {
  if (here === undefined && there === undefined) return [];
  if (there === undefined) return ['left no result commit in the exported workflow'];
  if (here === undefined) return ['left a result commit in the exported workflow alone'];
  return comparePaths('committed', here, there);
}

function comparePaths(
  how: 'committed' | 'left' | 'kept',
  here: ReadonlyMap<string, string>,
  there: ReadonlyMap<string, string>,
): readonly string[] {
  const paths = [...new Set([...here.keys(), ...there.keys()])].toSorted();
  const isMode = (path: string): boolean => objectOf(here.get(path)) === objectOf(there.get(path));
  const isBoth = (path: string): boolean => here.has(path) && there.has(path);
  const kinds: readonly (readonly [words: string, fits: (path: string) => boolean])[] = [
    [`${how} other contents in the exported workflow`, (path) => isBoth(path) && !isMode(path)],
    [`${how} another mode or kind in the exported workflow`, (path) => isBoth(path) && isMode(path)],
    [`${how} as a task alone`, (path) => !there.has(path)],
    [`${how} in the exported workflow alone`, (path) => !here.has(path)],
  ];
  const different = paths.filter((path) => here.get(path) !== there.get(path));
  return kinds.flatMap(([words, fits]) => {
    const found = different.filter(fits);
    return found.length === 0 ? [] : [`${words}: ${list(found)}`];
  });
}

/** Without the mode before it. */
function objectOf(entry: string | undefined): string | undefined {
  return entry?.split(' ').at(-1);
}

function list(paths: readonly string[]): string {
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : '';
  return `${paths.slice(0, NAMED).join(', ')}${more}`;
}
