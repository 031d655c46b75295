/** Filters of a matrix: each leaf of an entry is compared with what a leg has in the same place, as `==` compares. */
import { type Data, looselyEqual, member } from './expressions/index.ts';

export interface LeafTest {
  readonly path: readonly Data[];
  readonly value: Data;
}

/** An entry without leaves, such as `os: {}`, has no tests and so matches everything. */
export function leafTests(entry: readonly (readonly [name: string, value: Data])[]): readonly LeafTest[] {
  return entry.flatMap(([name, value]) => collect([name], value));
}

function collect(path: readonly Data[], value: Data): readonly LeafTest[] {
  if (value === null || typeof value !== 'object') return [{ path, value }];
  if (value.kind === 'array') return value.items.flatMap((item, index) => collect([...path, index], item));
  return [...value.entries.values()].flatMap(({ key, value: inner }) => collect([...path, key], inner));
}

export function passes(matrix: Data, tests: readonly LeafTest[]): boolean {
  return tests.every(({ path, value }) => {
    const found = path.reduce<Data>((data, index) => member(data, index) ?? null, matrix);
    return looselyEqual(found, value);
  });
}
