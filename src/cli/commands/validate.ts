/** `orch validate`: every mistake in the files, and nothing else. */
import { readFileSync, statSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { loadConfig } from '../../orchestrator/index.ts';
import { type Diagnostic, hasErrors } from '../../shared/diagnostic.ts';
import { type DiagnosticFormat, openTerminal, renderDiagnostics } from '../../ui/index.ts';
import { parseAction, parseWorkflow } from '../../workflow/parse/index.ts';
import { EXIT } from '../exit-codes.ts';
import { configFile, type Project, withProject } from '../project.ts';
import { looksLikeWorkflow, WORKFLOWS } from '../workflow/files.ts';

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
      const { diagnostics, text } = named === undefined ? readConfig(project, file) : readAny(project, file);
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

interface Read {
  readonly diagnostics: readonly Diagnostic[];
  readonly text: string;
}

function readConfig({ repository }: Project, file: string): Read {
  return loadConfig({ file, root: repository.root });
}

/** What a file is, its name, its place or its keys say; whatever else is taken for a config of tasks. */
function readAny(project: Project, file: string): Read {
  // The reader of configs tells of what cannot be read.
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return readConfig(project, file);
  const isAction = /^action\.ya?ml$/.test(basename(file));
  const isPlaced = relative(project.repository.root, resolve(file)).startsWith(`${WORKFLOWS}/`);
  const text = readFileSync(file, 'utf8');
  if (!isAction && !isPlaced && !looksLikeWorkflow(text)) return readConfig(project, file);
  const parsed = isAction ? parseAction(text, file) : parseWorkflow(text, file);
  return { diagnostics: parsed.ok ? parsed.value.warnings : parsed.error, text };
}
