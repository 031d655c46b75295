/** Diagnostics as GitHub prints them: `FILE (Line: L, Col: C): MESSAGE`. */
import { type Diagnostic, githubPlace } from '../../shared/diagnostic.ts';

/** One line a diagnostic. */
export function githubWording(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ at, message }) => `${githubPlace(at)}${message}`);
}
