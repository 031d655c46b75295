/** What is inside a value, by index and all together. */
import { dataToNumber, dataToString } from './coercion.ts';
import { type Data, isPrimitive, lookUp } from './data.ts';

/** `data[index]`, or undefined when there is no such member. */
export function member(data: Data, index: Data): Data | undefined {
  if (isPrimitive(data)) return undefined;
  if (data.kind === 'object') return isPrimitive(index) ? lookUp(data, dataToString(index)) : undefined;
  const position = Math.floor(dataToNumber(index));
  return position >= 0 ? data.items[position] : undefined;
}

/** The items of an array, the values of an object; primitives have none. */
export function members(data: Data): readonly Data[] {
  if (isPrimitive(data)) return [];
  return data.kind === 'array' ? data.items : [...data.entries.values()].map(({ value }) => value);
}
