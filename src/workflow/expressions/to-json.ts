/** The function `toJSON`: two spaces a level, numbers as text shows them. */
import type { Budget } from './budget.ts';
import { dataToString } from './coercion.ts';
import { type Data, type DataObject, isPrimitive } from './data.ts';

type Write = (part: string) => void;

export function toJson(data: Data, budget: Budget): string {
  const parts: string[] = [];
  writeValue(data, '\n', (part) => {
    budget.spend(part.length);
    parts.push(part);
  });
  return parts.join('');
}

/** `indent` is a line break and the spaces of the level that the value stands on. */
function writeValue(data: Data, indent: string, write: Write): void {
  if (isPrimitive(data)) {
    write(primitive(data));
    return;
  }
  const isArray = data.kind === 'array';
  const members = isArray ? data.items.map((value) => ({ prefix: '', value })) : properties(data);
  write(isArray ? '[' : '{');
  members.forEach(({ prefix, value }, index) => {
    write(`${index === 0 ? '' : ','}${indent}  ${prefix}`);
    writeValue(value, `${indent}  `, write);
  });
  write(`${members.length === 0 ? '' : indent}${isArray ? ']' : '}'}`);
}

function properties(object: DataObject): readonly { readonly prefix: string; readonly value: Data }[] {
  return [...object.entries.values()].map(({ key, value }) => ({ prefix: `${quote(key)}: `, value }));
}

function primitive(data: null | boolean | number | string): string {
  if (data === null) return 'null';
  return typeof data === 'string' ? quote(data) : dataToString(data);
}

/** The runner also escapes the line separators that are not ASCII. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u0085\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
