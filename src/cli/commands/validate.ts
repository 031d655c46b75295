/** `orch validate`: every mistake in the files, and nothing else. */
import { relative } from 'node:path';
import { loadConfig } from '../../orchestrator/index.ts';
import { type Diagnostic, hasErrors } from '../../shared/diagnostic.ts';
import { type DiagnosticFormat, openTerminal, renderDiagnostics } from '../../ui/index.ts';
import { EXIT } from '../exit-codes.ts';
import { configFile, withProject } from '../project.ts';

export interface ValidateOptions {
  readonly files: readonly string[];
  readonly format: DiagnosticFormat;
}

export async function validate({ files, format }: ValidateOptions): Promise<number> {
  return withProject(async (project) => {
    const sources = new Map<string, string>();
    const all: Diagnostic[] = [];
    for (const named of files.length === 0 ? [undefined] : files) {
      const file = configFile(project, named);
      const { diagnostics, text } = loadConfig({ file, root: project.repository.root });
      sources.set(file, text);
      all.push(...diagnostics);
    }
    const terminal = openTerminal(process.stdout, process.env);
    terminal.write(
      renderDiagnostics(all, format, { sources, chalk: terminal.chalk, columns: terminal.size().columns }),
    );
    if (hasErrors(all)) return EXIT.badInput;
    if (format === 'text')
      terminal.write(`${[...sources.keys()].map((file) => relative('.', file)).join(', ')}: valid\n`);
    return EXIT.success;
  });
}
