/**
 * The values that expressions work on. Objects are maps and not plain objects, so that keys such as `__proto__` are
 * ordinary and that `Foo` and `foo` can be one key. Nothing here is ever changed once it is made.
 */
import { err, ok, type Result } from '../../shared/result.ts';
import { isJsonArray, isJsonObject, type Json } from '../json.ts';
import { foldCase } from './letter-case.ts';

export type Data = null | boolean | number | string | DataArray | DataObject;

export interface DataArray {
  readonly kind: 'array';
  readonly items: readonly Data[];
  /** Made by `.*`: an index on it is applied to each item instead of to the array. */
  readonly filtered: boolean;
}

export interface DataObject {
  readonly kind: 'object';
  /** Only the `env` context is, and not on Windows. */
  readonly caseSensitive: boolean;
  /** By key, or by folded key unless case-sensitive; in order of definition. */
  readonly entries: ReadonlyMap<string, DataEntry>;
}

export interface DataEntry {
  /** As it was first written. */
  readonly key: string;
  readonly value: Data;
}

/** An argument of a function, evaluated when it is called. */
export type Argument = () => Data;

export type Kind = 'Null' | 'Boolean' | 'Number' | 'String' | 'Array' | 'Object';

/** Levels of arrays and objects that a value may have. */
export const MAX_DATA_DEPTH = 100;

export function kindOf(data: Data): Kind {
  if (data === null) return 'Null';
  if (typeof data === 'boolean') return 'Boolean';
  if (typeof data === 'number') return 'Number';
  if (typeof data === 'string') return 'String';
  return data.kind === 'array' ? 'Array' : 'Object';
}

export function isPrimitive(data: Data): data is null | boolean | number | string {
  return data === null || typeof data !== 'object';
}

export function dataArray(items: readonly Data[]): DataArray {
  return { kind: 'array', items, filtered: false };
}

/** A later entry with the same key replaces the value, and keeps the place and spelling of the first. */
export function dataObject(
  entries: Iterable<readonly [string, Data]>,
  options: { readonly caseSensitive?: boolean } = {},
): DataObject {
  const caseSensitive = options.caseSensitive ?? false;
  const map = new Map<string, DataEntry>();
  for (const [key, value] of entries) {
    const id = caseSensitive ? key : foldCase(key);
    map.set(id, { key: map.get(id)?.key ?? key, value });
  }
  return { kind: 'object', caseSensitive, entries: map };
}

/** The value under a key, or undefined when there is no such key. */
export function lookUp(object: DataObject, key: string): Data | undefined {
  return object.entries.get(object.caseSensitive ? key : foldCase(key))?.value;
}

/**
 * Makes data of parsed JSON; `caseSensitive` is for objects on every level.
 * @throws RangeError when it is nested deeper than MAX_DATA_DEPTH.
 */
export function dataFromJson(json: Json, options: { readonly caseSensitive?: boolean } = {}): Data {
  return convert(json, options, 0);
}

/** The same for JSON that users gave; the error is a sentence. */
export function readJsonData(json: Json): Result<Data, string> {
  try {
    return ok(dataFromJson(json));
  } catch (error) {
    if (error instanceof RangeError) return err(error.message);
    throw error;
  }
}

function convert(json: Json, options: { readonly caseSensitive?: boolean }, depth: number): Data {
  const isArray = isJsonArray(json);
  if (!isArray && !isJsonObject(json)) return json;
  if (depth >= MAX_DATA_DEPTH) throw new RangeError(`The value is nested deeper than ${MAX_DATA_DEPTH} levels`);
  if (isArray) return dataArray(json.map((item) => convert(item, options, depth + 1)));
  const entries = Object.entries(json).map(([key, value]) => [key, convert(value, options, depth + 1)] as const);
  return dataObject(entries, options);
}

/** Plain JSON again. `NaN` and the infinities stay numbers, which JSON text cannot say. */
export function dataToJson(data: Data): Json {
  if (isPrimitive(data)) return data;
  if (data.kind === 'array') return data.items.map(dataToJson);
  // fromEntries defines properties, where an assignment to `__proto__` would set the prototype.
  return Object.fromEntries([...data.entries.values()].map(({ key, value }) => [key, dataToJson(value)]));
}
