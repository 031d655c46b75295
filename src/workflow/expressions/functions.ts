/** The functions of the language itself. Arguments come unevaluated: one that is not needed is never evaluated. */
import type { Budget } from './budget.ts';
import { dataToString, looselyEqual } from './coercion.ts';
import { type Argument, type Data, isPrimitive } from './data.ts';
import { failEvaluation } from './fault.ts';
import { formatText } from './format.ts';
import { fromJson } from './from-json.ts';
import { foldCase } from './letter-case.ts';
import { toJson } from './to-json.ts';

type BuiltIn = (args: readonly Argument[], budget: Budget) => Data;

export const MAX_ARGUMENTS = 255;

/** How many arguments each takes is checked by the parser. */
const BUILT_INS: ReadonlyMap<string, BuiltIn> = new Map<string, BuiltIn>([
  ['case', firstTrue],
  ['contains', contains],
  ['endswith', (args) => testText(args, (text, end) => text.endsWith(end))],
  ['format', formatText],
  ['fromjson', (args, budget) => fromJson(dataToString(argument(args, 0)), budget)],
  ['join', join],
  ['startswith', (args) => testText(args, (text, start) => text.startsWith(start))],
  ['tojson', (args, budget) => toJson(argument(args, 0), budget)],
]);

export function isBuiltIn(name: string): boolean {
  return BUILT_INS.has(name.toLowerCase());
}

export function findBuiltIn(name: string): BuiltIn | undefined {
  return BUILT_INS.get(name);
}

function argument(args: readonly Argument[], index: number): Data {
  return args[index]?.() ?? null;
}

function firstTrue(args: readonly Argument[]): Data {
  for (let index = 0; index + 1 < args.length; index += 2) {
    const predicate = argument(args, index);
    if (typeof predicate !== 'boolean') failEvaluation('case predicate must evaluate to a boolean value');
    if (predicate) return argument(args, index + 1);
  }
  return argument(args, args.length - 1);
}

function contains(args: readonly Argument[]): boolean {
  const search = argument(args, 0);
  if (isPrimitive(search)) return testText([() => search, ...args.slice(1)], (text, part) => text.includes(part));
  if (search.kind === 'object' || search.items.length === 0) return false;
  const item = argument(args, 1);
  return search.items.some((candidate) => looselyEqual(candidate, item));
}

function testText(args: readonly Argument[], test: (text: string, part: string) => boolean): boolean {
  const text = argument(args, 0);
  if (!isPrimitive(text)) return false;
  const part = argument(args, 1);
  return isPrimitive(part) && test(foldCase(dataToString(text)), foldCase(dataToString(part)));
}

function join(args: readonly Argument[], budget: Budget): string {
  const list = argument(args, 0);
  if (isPrimitive(list)) return dataToString(list);
  if (list.kind === 'object' || list.items.length === 0) return '';
  const texts = list.items.map(dataToString);
  const given = texts.length > 1 && args.length > 1 ? argument(args, 1) : ',';
  const separator = isPrimitive(given) ? dataToString(given) : ',';
  budget.spend(separator.length * (texts.length - 1));
  for (const text of texts) budget.spend(text.length);
  return texts.join(separator);
}
