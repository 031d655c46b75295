/** `orch validate`: every mistake in the files, and nothing else. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { hostPath } from '../../shared/brand.ts';
import { DEFAULT_CONFIG } from '../../shared/default-config.ts';
import { type Diagnostic, hasErrors } from '../../shared/diagnostic.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import type { Result } from '../../shared/result.ts';
import type { DiagnosticFormat } from '../../ui/index.ts';
import type { Parsed } from '../../workflow/parse/index.ts';
import { configFile, findRoot } from '../root.ts';
import { byName, findWorkflows, looksLikeWorkflow, readText, WORKFLOWS } from '../workflow/files.ts';

export interface ValidateOptions {
  readonly files: readonly string[];
  readonly format: DiagnosticFormat;
}

export async function validate({ files, format }: ValidateOptions): Promise<number> {
  // Git is not asked, and of the readers only those are loaded that are needed: editors wait for the answer.
  const root = findRoot('.') ?? resolve('.');
  const sources = new Map<string, string>();
  const called = new Map<string, string>();
  const all: Diagnostic[] = [];
  for (const named of files.length === 0 ? whatThereIs(root) : files) {
    const file = configFile(root, named === undefined ? undefined : (pathOf(root, named) ?? named));
    const { diagnostics, text } = await (named === undefined ? readConfig(root, file) : readAny(root, file, called));
    sources.set(file, text);
    all.push(...diagnostics);
  }
  const found = withoutRepeats(all);
  if (found.length > 0 || format === 'json') await show(found, format, new Map([...called, ...sources]));
  if (hasErrors(found)) return EXIT.badInput;
  if (format === 'text') for (const file of sources.keys()) process.stdout.write(`${relative('.', file)}: valid\n`);
  return EXIT.success;
}

/** A file that is called may be one of those that were named, and several may call it. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) {
    const same = JSON.stringify([diagnostic.at, diagnostic.code, diagnostic.message]);
    if (!found.has(same)) found.set(same, diagnostic);
  }
  return [...found.values()];
}

/** Displays take longer to load than a file takes to read: they come when there is something to show. */
async function show(
  diagnostics: readonly Diagnostic[],
  format: DiagnosticFormat,
  sources: ReadonlyMap<string, string>,
): Promise<void> {
  const { openTerminal, renderDiagnostics } = await import('../../ui/index.ts');
  const terminal = openTerminal(process.stdout, process.env);
  const { chalk } = terminal;
  terminal.write(renderDiagnostics(diagnostics, format, { sources, chalk, columns: terminal.size().columns }));
}

/** The file of tasks; where there is none, the workflows. */
function whatThereIs(root: string): readonly (string | undefined)[] {
  if (existsSync(join(root, DEFAULT_CONFIG))) return [undefined];
  const workflows = findWorkflows(root, []).map(({ path }) => resolve(root, path));
  return workflows.length === 0 ? [undefined] : workflows;
}

/** Of a workflow that is named as `orch run` takes it: `ci`. */
function pathOf(root: string, named: string): string | undefined {
  return existsSync(named) ? undefined : byName(root, named);
}

interface Read {
  readonly diagnostics: readonly Diagnostic[];
  readonly text: string;
}

async function readConfig(root: string, file: string): Promise<Read> {
  const { loadConfig } = await import('../../orchestrator/index.ts');
  return loadConfig({ file, root });
}

/** What a file is, its name, its place or its keys say; whatever else is taken for a config of tasks. */
async function readAny(root: string, file: string, called: Map<string, string>): Promise<Read> {
  // The reader of configs tells of what cannot be read.
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return readConfig(root, file);
  const isAction = /^action\.ya?ml$/.test(basename(file));
  const isPlaced = relative(root, resolve(file)).startsWith(`${WORKFLOWS}/`);
  const text = readText(file);
  if (!isAction && !isPlaced && !looksLikeWorkflow(text)) return readConfig(root, file);
  const { parseAction, parseWorkflow, salvageWorkflow } = await import('../../workflow/parse/index.ts');
  if (isAction) return { diagnostics: foundBy(parseAction(text, file)), text };
  const parsed = parseWorkflow(text, file);
  const workflow = parsed.ok ? parsed.value.value : salvageWorkflow(text, file);
  if (workflow?.jobs.some(({ kind }) => kind === 'call') !== true) return { diagnostics: foundBy(parsed), text };
  const { checkCalls } = await import('../workflow/check-calls.ts');
  // A file of another repository calls those beside it.
  const home = hostPath(findRoot(dirname(file)) ?? root);
  const wrong = await checkCalls({ root: home, file, workflow }, called);
  return { diagnostics: [...foundBy(parsed), ...wrong], text };
}

function foundBy(parsed: Result<Parsed<unknown>, readonly Diagnostic[]>): readonly Diagnostic[] {
  return parsed.ok ? parsed.value.warnings : parsed.error;
}
