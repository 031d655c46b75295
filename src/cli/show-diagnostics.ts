/** Says on standard error what is wrong with files, with excerpts of those that are known. */
import type { Diagnostic } from '../shared/diagnostic.ts';
import { openTerminal, renderDiagnostics } from '../ui/index.ts';

/** `sources`: texts by the names that the diagnostics have for their files. */
export function showDiagnostics(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): void {
  if (diagnostics.length === 0) return;
  const terminal = openTerminal(process.stderr, process.env);
  const view = { sources, chalk: terminal.chalk, columns: terminal.size().columns };
  terminal.write(renderDiagnostics(diagnostics, 'text', view));
}
