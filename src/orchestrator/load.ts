/** An orchestrator.yaml, from disk or as text, to a Config or to everything that is wrong with it. */
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { Diagnostic } from '../shared/diagnostic.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { checkConfig } from './check-config.ts';
import type { PathProbe } from './checks/paths.ts';
import type { Config } from './config.ts';
import type { Overrides } from './overrides.ts';
import { MAX_BYTES } from './yaml.ts';

export interface LoadRequest extends Overrides {
  /** Named in diagnostics, and read (from the working directory if relative) unless `text` is given. */
  readonly file: string;
  readonly text?: string;
  /** The repository's root, which paths in the file are relative to. */
  readonly root: string;
}

export interface ConfigLoad {
  /** The config when there is no error. */
  readonly result: Result<Config, readonly Diagnostic[]>;
  /** Errors, warnings and notices, in the order of the file. */
  readonly diagnostics: readonly Diagnostic[];
  /** What was read, for excerpts; empty when nothing could be. */
  readonly text: string;
}

/** Reads and checks a file. Mistakes are diagnostics, all of them at once; nothing is thrown for bad input. */
export function loadConfig(request: LoadRequest): ConfigLoad {
  const read = request.text === undefined ? readText(request.file) : ok(withoutMark(request.text));
  if (!read.ok) return { result: err([read.error]), diagnostics: [read.error], text: '' };
  const text = read.value;
  const checked = checkConfig({ ...request, text, probe: probeFiles(request.root) });
  const { config, diagnostics } = checked;
  return { result: config === undefined ? err(diagnostics) : ok(config), diagnostics, text };
}

export function readText(file: string): Result<string, Diagnostic> {
  const problem = (code: string, message: string, hint?: string): { readonly ok: false; readonly error: Diagnostic } =>
    err({ severity: 'error', code, message, at: { file }, ...(hint === undefined ? {} : { hint }) });
  try {
    const bytes = readRegular(file);
    if (bytes === 'not-regular') return problem('file-unreadable', `${file} is not a regular file`);
    if (bytes === 'too-large') return problem('file-too-large', `${file} is larger than 1 MiB`);
    return ok(withoutMark(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (error) {
    if (error instanceof TypeError) return problem('not-text', `${file} is not UTF-8 text`);
    const code = codeOf(error);
    if (code === 'ENOENT') {
      return problem('file-missing', `${file} does not exist`, '`orch init` writes one to begin with');
    }
    return problem('file-unreadable', `${file} cannot be read (${code ?? 'unknown reason'})`);
  }
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** Opened without blocking, since opening a pipe would wait for a writer that never comes. */
function readRegular(file: string): Buffer | 'not-regular' | 'too-large' {
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return 'not-regular';
    return stat.size > MAX_BYTES ? 'too-large' : readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Symbolic links are followed to see where they end: a prompt is sent to others and must come from the repository. */
function probeFiles(root: string): PathProbe {
  return (path) => {
    try {
      const real = realpathSync(join(root, path));
      const inside = relative(realpathSync(root), real);
      if (isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`)) return 'outside';
      return statSync(real).isFile() ? 'file' : 'not-a-file';
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      return 'missing';
    }
  };
}
