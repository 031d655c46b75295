/** The function `format`: `{0}` is the first argument after the text, `{{` and `}}` are braces. */
import type { Budget } from './budget.ts';
import { dataToString } from './coercion.ts';
import { type Argument, type Kind, kindOf } from './data.ts';
import { failEvaluation } from './fault.ts';

type Piece = string | Placeholder;

interface Placeholder {
  readonly argument: number;
  /** What follows a colon. None are valid, but only an argument that is used says so. */
  readonly specifiers: string;
}

/** Indices are bytes to the runner. */
const MAX_INDEX = 255;

export function formatText(args: readonly Argument[], budget: Budget): string {
  const [pattern, ...values] = args;
  const pieces = readPieces(dataToString(pattern?.() ?? null), values.length);
  const filled = new Map<number, Value>();
  let text = '';
  for (const piece of pieces) {
    const part = typeof piece === 'string' ? piece : fill(piece, values, filled);
    budget.spend(part.length);
    text += part;
  }
  return text;
}

interface Value {
  readonly text: string;
  readonly kind: Kind;
}

/** Each argument is evaluated once, where it is first used. */
function fill({ argument, specifiers }: Placeholder, args: readonly Argument[], filled: Map<number, Value>): string {
  let value = filled.get(argument);
  if (!value) {
    const data = args[argument]?.() ?? null;
    value = { text: dataToString(data), kind: kindOf(data) };
    filled.set(argument, value);
  }
  if (specifiers === '') return value.text;
  return failEvaluation(`The format specifiers '${specifiers}' are not valid for objects of type '${value.kind}'`);
}

/** The whole text is checked before any argument is evaluated. */
function readPieces(pattern: string, argumentCount: number): readonly Piece[] {
  const pieces: Piece[] = [];
  let index = 0;
  while (index < pattern.length) {
    const brace = nextBrace(pattern, index);
    if (brace > index) pieces.push(pattern.slice(index, brace));
    if (brace >= pattern.length) break;
    if (pattern[brace + 1] === pattern[brace]) {
      pieces.push(pattern.slice(brace, brace + 1));
      index = brace + 2;
      continue;
    }
    const { placeholder, end } = readPlaceholder(pattern, brace);
    if (placeholder.argument >= argumentCount) {
      failEvaluation(`The following format string references more arguments than were supplied: ${pattern}`);
    }
    pieces.push(placeholder);
    index = end;
  }
  return pieces;
}

function nextBrace(pattern: string, from: number): number {
  for (let index = from; index < pattern.length; index++) {
    if (pattern[index] === '{' || pattern[index] === '}') return index;
  }
  return pattern.length;
}

function readPlaceholder(pattern: string, start: number): { readonly placeholder: Placeholder; readonly end: number } {
  const head = /\{(\d+)([:}])/y;
  head.lastIndex = start;
  const match = head.exec(pattern);
  const argument = Number(match?.[1]);
  if (!match || argument > MAX_INDEX) return invalid(pattern);
  if (match[2] === '}') return { placeholder: { argument, specifiers: '' }, end: head.lastIndex };
  const tail = /((?:[^}]|\}\})*)\}/y;
  tail.lastIndex = head.lastIndex;
  const specifiers = tail.exec(pattern)?.[1];
  // A doubled brace is part of the specifiers, so that the regular expression must not stop between the two.
  if (specifiers === undefined || pattern[tail.lastIndex] === '}') return invalid(pattern);
  return { placeholder: { argument, specifiers: specifiers.replaceAll('}}', '}') }, end: tail.lastIndex };
}

function invalid(pattern: string): never {
  return failEvaluation(`The following format string is invalid: ${pattern}`);
}
