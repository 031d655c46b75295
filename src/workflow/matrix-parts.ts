/** Reads a matrix: its vectors and filters, with what is wrong about them in GitHub's words. */
import { err, ok, type Result } from '../shared/result.ts';
import { type Data, type DataObject, foldCase, readJsonData } from './expressions/index.ts';
import type { Json } from './json.ts';
import { type LeafTest, leafTests } from './matrix-filter.ts';

export interface MatrixParts {
  readonly vectors: readonly Vector[];
  readonly exclude: readonly (readonly LeafTest[])[];
  readonly include: readonly Inclusion[];
}

export interface Vector {
  readonly name: string;
  readonly items: readonly Data[];
}

export type Pair = readonly [name: string, value: Data];

/** An entry of `include`: what a leg must have, and what it then gets. */
export interface Inclusion {
  readonly filter: readonly Pair[];
  readonly extras: readonly Pair[];
  readonly tests: readonly LeafTest[];
}

/** Undefined when there is no matrix at all. The error is a sentence. */
export function readMatrix(json: Json | undefined): Result<MatrixParts | undefined, string> {
  const data = readJsonData(json ?? null);
  if (!data.ok) return data;
  if (data.value === null) return ok(undefined);
  try {
    return ok(readParts(asObject(data.value, 'The matrix')));
  } catch (error) {
    if (error instanceof MatrixError) return err(error.message);
    throw error;
  }
}

class MatrixError extends Error {}

function readParts(matrix: DataObject): MatrixParts {
  const vectors = [...matrix.entries.values()]
    .filter(({ key }) => key !== 'include' && key !== 'exclude')
    .map(({ key, value }) => readVector(key, value));
  const names = new Set(vectors.map(({ name }) => foldCase(name)));
  const exclude = entriesOf(matrix, 'exclude').map((entry) => readExclusion(entry, names));
  const include = entriesOf(matrix, 'include').map((entry) => readInclusion(entry, names));
  if (vectors.length === 0 && include.length === 0) throw new MatrixError('Matrix must define at least one vector');
  return { vectors, exclude, include };
}

function readVector(name: string, value: Data): Vector {
  const items = asItems(value, `Matrix vector '${name}'`);
  if (items.length === 0) throw new MatrixError(`Matrix vector '${name}' does not contain any values`);
  return { name, items };
}

function entriesOf(matrix: DataObject, key: 'include' | 'exclude'): readonly (readonly Pair[])[] {
  // A key that is written otherwise, such as `Include`, is a vector.
  const found = matrix.entries.get(foldCase(key));
  const list = found?.key === key ? found.value : null;
  if (list === null) return [];
  return asItems(list, `Matrix ${key}`).map((item) => {
    const { entries } = asObject(item, `An entry of matrix ${key}`);
    return [...entries.values()].map((entry): Pair => [entry.key, entry.value]);
  });
}

function readExclusion(entry: readonly Pair[], names: ReadonlySet<string>): readonly LeafTest[] {
  if (entry.length === 0) throw new MatrixError('Matrix exclude filter must not be empty');
  const unknown = entry.find(([name]) => !names.has(foldCase(name)));
  if (unknown) throw new MatrixError(`Matrix exclude key '${unknown[0]}' does not match any key within the matrix`);
  return leafTests(entry);
}

function readInclusion(entry: readonly Pair[], names: ReadonlySet<string>): Inclusion {
  if (entry.length === 0) throw new MatrixError('Matrix include mapping does not contain any values');
  const filter = entry.filter(([name]) => names.has(foldCase(name)));
  const extras = entry.filter(([name]) => !names.has(foldCase(name)));
  return { filter, extras, tests: leafTests(filter) };
}

function asObject(data: Data, what: string): DataObject {
  if (data !== null && typeof data === 'object' && data.kind === 'object') return data;
  throw new MatrixError(`${what} must be a mapping`);
}

function asItems(data: Data, what: string): readonly Data[] {
  if (data !== null && typeof data === 'object' && data.kind === 'array') return data.items;
  throw new MatrixError(`${what} must be a sequence`);
}
