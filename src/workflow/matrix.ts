/**
 * Expands a job's matrix, once it is evaluated, to the legs that the job runs as: the product of the vectors, less what
 * `exclude` matches, with what `include` adds. Keys are compared without regard to case.
 */
import { err, ok, type Result } from '../shared/result.ts';
import { type Data, dataObject, dataToJson, dataToString } from './expressions/index.ts';
import { makeLegIds } from './ids.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { passes } from './matrix-filter.ts';
import { type MatrixParts, type Pair, readMatrix, type Vector } from './matrix-parts.ts';

export interface MatrixLeg {
  /** The `matrix` context of the leg, in the order of definition. */
  readonly values: JsonObject;
  /** For the leg's name: `20`, `linux`. What `include` merely added to a leg is left out. */
  readonly nameSegments: readonly string[];
  /** Unique in the matrix without regard to case; letters, digits, `_` and `-`, at most 25. */
  readonly shortId: string;
}

const MAX_LEGS = 256;
/** Combinations looked at, excluded ones too: vectors multiply quickly. */
const MAX_COMBINATIONS = 10_000;

/**
 * The legs in order; the error is a sentence. An empty list means that there is no matrix, or that nothing is left of
 * it: the job then runs once, with `matrix` null.
 */
export function expandMatrix(matrix: Json | undefined): Result<readonly MatrixLeg[], string> {
  const parts = readMatrix(matrix);
  if (!parts.ok) return parts;
  if (!parts.value) return ok([]);
  const combinations = countCombinations(parts.value.vectors);
  if (combinations > MAX_COMBINATIONS) return err(`The matrix has more than ${MAX_COMBINATIONS} combinations`);
  const drafts = draftLegs(parts.value, combinations);
  if (drafts.length > MAX_LEGS) {
    return err(`The matrix makes ${drafts.length} jobs, and a matrix may make ${MAX_LEGS} at most`);
  }
  const ids = makeLegIds(drafts.map(({ named }) => segmentsOf(named)));
  return ok(
    drafts.map(({ named, extras }, index) => ({
      values: toValues([...named, ...extras]),
      nameSegments: segmentsOf(named),
      shortId: ids[index] ?? '',
    })),
  );
}

interface Draft {
  readonly named: readonly Pair[];
  readonly extras: readonly Pair[];
}

function draftLegs({ vectors, exclude, include }: MatrixParts, combinations: number): readonly Draft[] {
  const drafts: Draft[] = [];
  const matched = new Set<unknown>();
  for (let index = 0; index < combinations; index++) {
    const named = combinationAt(vectors, index, combinations);
    const matrix = dataObject(named);
    if (exclude.some((tests) => passes(matrix, tests))) continue;
    const inclusions = include.filter(({ tests }) => passes(matrix, tests));
    for (const inclusion of inclusions) matched.add(inclusion);
    drafts.push({ named, extras: inclusions.flatMap(({ extras }) => extras) });
  }
  for (const inclusion of include) {
    if (!matched.has(inclusion)) drafts.push({ named: [...inclusion.filter, ...inclusion.extras], extras: [] });
  }
  return drafts;
}

function countCombinations(vectors: readonly Vector[]): number {
  return vectors.length === 0 ? 0 : vectors.reduce((count, { items }) => count * items.length, 1);
}

/** The first vector varies slowest. */
function combinationAt(vectors: readonly Vector[], index: number, combinations: number): readonly Pair[] {
  let block = combinations;
  return vectors.map(({ name, items }): Pair => {
    block /= items.length;
    return [name, items[Math.floor(index / block) % items.length] ?? null];
  });
}

/** Later extras replace earlier ones of the same name, in their place. */
function toValues(pairs: readonly Pair[]): JsonObject {
  const json = dataToJson(dataObject(pairs));
  if (!isJsonObject(json)) throw new Error('an object became something else');
  return json;
}

function segmentsOf(pairs: readonly Pair[]): readonly string[] {
  return pairs.flatMap(([, value]) => leaves(value)).filter((segment) => segment !== '');
}

function leaves(data: Data): readonly string[] {
  if (data === null || typeof data !== 'object') return [dataToString(data)];
  const inner = data.kind === 'array' ? data.items : [...data.entries.values()].map(({ value }) => value);
  return inner.flatMap(leaves);
}
