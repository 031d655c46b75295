/** What is wrong with a file, gathered while it is read: everything at once, in reading order, as much as GitHub tells. */
import { type Diagnostic, hasErrors } from '../../shared/diagnostic.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { SourceRange } from '../../shared/source.ts';

/** A file's value, and what deserves a word although it is no error. */
export interface Parsed<T> {
  readonly value: T;
  readonly warnings: readonly Diagnostic[];
}

interface Placed {
  readonly at?: SourceRange;
}

export interface Faults {
  readonly error: (code: string, message: string, place: Placed | undefined, hint?: string) => void;
  readonly warning: (code: string, message: string, place: Placed | undefined) => void;
  /** As much as GitHub tells. */
  readonly list: () => readonly Diagnostic[];
  readonly all: () => readonly Diagnostic[];
}

const MAX_ERRORS = 10;
const MAX_MESSAGE = 500;

export function collectFaults(file: string): Faults {
  const found: Diagnostic[] = [];
  const add = (fault: Omit<Diagnostic, 'at' | 'related'>, place: Placed | undefined): void => {
    const at = place?.at === undefined ? { file } : { file, range: place.at };
    found.push({ ...fault, message: clip(fault.message), at });
  };
  return {
    error: (code, message, place, hint) => {
      add({ severity: 'error', wording: 'github', code, message, ...(hint === undefined ? {} : { hint }) }, place);
    },
    warning: (code, message, place) => add({ severity: 'warning', code, message }, place),
    all: () => found,
    list: () => limitErrors(found.toSorted(byPlace), file),
  };
}

/** All faults when one of them is an error, the value otherwise. */
export function conclude<T>(value: T | undefined, faults: Faults): Result<Parsed<T>, readonly Diagnostic[]> {
  const list = faults.list();
  if (hasErrors(list)) return err(list);
  if (value === undefined) throw new Error('a file without errors must have a value');
  return ok({ value, warnings: list });
}

function clip(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}[...]` : message;
}

/** The places first that stand first in the file; what has no place concerns the whole. */
function byPlace(a: Diagnostic, b: Diagnostic): number {
  const [left, right] = [a.at?.range?.start, b.at?.range?.start];
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined);
  return left.line - right.line || left.column - right.column;
}

/** The first ten errors, with a word about the rest. */
export function limitErrors(all: readonly Diagnostic[], file: string): readonly Diagnostic[] {
  const errors = all.filter(({ severity }) => severity === 'error');
  const rest = errors.length - MAX_ERRORS;
  if (rest <= 0) return all;
  const shown = new Set(errors.slice(0, MAX_ERRORS));
  const kept = all.filter((diagnostic) => diagnostic.severity !== 'error' || shown.has(diagnostic));
  const message = `${rest} more ${rest === 1 ? 'error is' : 'errors are'} not shown`;
  return [...kept, { severity: 'notice', code: 'more-errors', message, at: { file } }];
}
