/** Diagnostics as GitHub prints them: `FILE (Line: L, Col: C): MESSAGE`. */
import type { Diagnostic } from '../../shared/diagnostic.ts';

/** One line a diagnostic. */
export function githubWording(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ at, message }) => {
    if (at === undefined) return message;
    const { start } = at.range ?? {};
    const place = start === undefined ? '' : ` (Line: ${start.line}, Col: ${start.column})`;
    return `${at.file}${place}: ${message}`;
  });
}
