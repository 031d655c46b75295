/** All that was found, as one list: each mistake once, in the order of the file, no more than anybody reads. */
import type { Diagnostic, Severity } from '../shared/diagnostic.ts';
import type { SourceRange } from '../shared/source.ts';
import { type Finding, toDiagnostic } from './view.ts';

/** A file of garbage can hold a mistake a line. */
const MAX_SHOWN = 200;

export interface Gathered {
  readonly failed: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

interface Entry {
  readonly severity: Severity;
  readonly range: SourceRange | undefined;
  /** Making a diagnostic of a finding may take a search, so it is left until it is known to be shown. */
  readonly make: () => Diagnostic;
}

export function gather(file: string, diagnostics: readonly Diagnostic[], findings: readonly Finding[]): Gathered {
  // What stands in `defaults`, or behind an alias, is found more than once.
  const once = new Map<string, Entry>();
  for (const diagnostic of diagnostics) {
    const { severity, at } = diagnostic;
    once.set(keyOf(diagnostic, at?.range), { severity, range: at?.range, make: () => diagnostic });
  }
  for (const finding of findings) {
    const { severity = 'error', at: range } = finding;
    once.set(keyOf(finding, range), { severity, range, make: () => toDiagnostic(finding, file) });
  }
  const entries = [...once.values()];
  const shown = choose(entries).toSorted((a, b) => compare(a.range, b.range));
  const rest = entries.length - shown.length;
  const more: readonly Diagnostic[] =
    rest === 0
      ? []
      : [{ severity: 'notice', code: 'more-errors', message: `${rest} more mistakes are not shown`, at: { file } }];
  return {
    failed: entries.some(({ severity }) => severity === 'error'),
    diagnostics: [...shown.map(({ make }) => make()), ...more],
  };
}

function keyOf({ code, message }: { readonly code: string; readonly message: string }, range?: SourceRange): string {
  return `${range?.start.line}:${range?.start.column} ${code} ${message}`;
}

/** Warnings go first when there is no room: a file is refused for its errors. */
function choose(entries: readonly Entry[]): readonly Entry[] {
  if (entries.length <= MAX_SHOWN) return entries;
  const errors = entries.filter(({ severity }) => severity === 'error');
  const others = entries.filter(({ severity }) => severity !== 'error');
  const inFileOrder = [errors, others].flatMap((list) => list.toSorted((a, b) => compare(a.range, b.range)));
  return inFileOrder.slice(0, MAX_SHOWN);
}

/** What has no place concerns the whole file and comes first. */
function compare(a: SourceRange | undefined, b: SourceRange | undefined): number {
  const [first, second] = [a?.start ?? { line: 0, column: 0 }, b?.start ?? { line: 0, column: 0 }];
  return first.line - second.line || first.column - second.column;
}
