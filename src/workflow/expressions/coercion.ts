/** What a value counts as where another kind is asked for, and how two values compare. */
import { type Data, isPrimitive, kindOf } from './data.ts';
import { foldCase, sameText } from './letter-case.ts';
import { formatNumber, parseNumber } from './numbers.ts';

/** Null, false, 0, NaN and '' are false; arrays and objects are true even when empty. */
export function isTruthy(data: Data): boolean {
  return isPrimitive(data) ? Boolean(data) : true;
}

/** The text that stands for a value in a string; an array or object is only named. */
export function dataToString(data: Data): string {
  if (data === null) return '';
  if (typeof data === 'string') return data;
  if (typeof data === 'number') return formatNumber(data);
  if (typeof data === 'boolean') return data ? 'true' : 'false';
  return kindOf(data);
}

export function dataToNumber(data: Data): number {
  if (data === null) return 0;
  if (typeof data === 'number') return data;
  if (typeof data === 'string') return parseNumber(data);
  if (typeof data === 'boolean') return data ? 1 : 0;
  return Number.NaN;
}

/** `==`: arrays and objects are equal only to themselves, values of different kinds are compared as numbers. */
export function looselyEqual(a: Data, b: Data): boolean {
  if (typeof a === 'string' && typeof b === 'string') return sameText(a, b);
  if (kindOf(a) === kindOf(b)) return a === b;
  if (!isPrimitive(a) || !isPrimitive(b)) return false;
  return dataToNumber(a) === dataToNumber(b);
}

/** Below zero when `a` is less, above when it is more, NaN when the two have no order. */
export function order(a: Data, b: Data): number {
  if (typeof a === 'string' && typeof b === 'string') {
    const [left, right] = [foldCase(a), foldCase(b)];
    if (left === right) return 0;
    return left < right ? -1 : 1;
  }
  if (a === null && b === null) return Number.NaN;
  const [left, right] = [dataToNumber(a), dataToNumber(b)];
  if (left < right) return -1;
  if (left > right) return 1;
  return left === right ? 0 : Number.NaN;
}
