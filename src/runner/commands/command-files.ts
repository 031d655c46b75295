/** What a step left in its command files, as effects. */
import { annotate, type CommandEffect, commandFailed, isBlockedVariable, missingValue } from './effects.ts';
import { parseKeyValues } from './key-values.ts';

/** By GitHub's names: the file is in the `github` context and, as GITHUB_…, in the step's environment. */
export type CommandFile = 'path' | 'env' | 'step_summary' | 'state' | 'output';

/** In the order in which GitHub's runner reads them, and how the names of the files begin. */
export const COMMAND_FILES: readonly { readonly name: CommandFile; readonly prefix: string }[] = [
  { name: 'path', prefix: 'add_path_' },
  { name: 'env', prefix: 'set_env_' },
  { name: 'step_summary', prefix: 'step_summary_' },
  { name: 'state', prefix: 'save_state_' },
  { name: 'output', prefix: 'set_output_' },
];

export interface FileContent {
  /** Of the file: more than the bytes here when it was too large to read. */
  readonly size: number;
  readonly bytes: Uint8Array;
}

/** Bytes of a summary that are taken. */
export const MAX_SUMMARY = 1024 * 1024;
/** Bytes of any other file. GitHub knows no limit; memory does. */
export const MAX_COMMAND_FILE = 64 * 1024 * 1024;

/** For a file that is there; one that the step has removed asks for nothing. */
export function readCommandFile(
  name: CommandFile,
  content: FileContent,
  platform: NodeJS.Platform,
): readonly CommandEffect[] {
  if (name === 'step_summary') return readSummary(content);
  if (content.size > content.bytes.length) {
    return fileFailed(name, `The file has ${content.size} bytes; ${MAX_COMMAND_FILE} are supported`);
  }
  const text = decode(content.bytes);
  if (name !== 'path') return readValues(name, text, platform);
  const entries = text.split(/\r\n|\r|\n/).filter((line) => line !== '');
  return entries.map((path) => ({ type: 'add-path', path }));
}

/** How a file that could not be read fails the step. */
export function fileFailed(name: CommandFile, why: string): readonly CommandEffect[] {
  return commandFailed(`file command '${name}'`, why);
}

function readSummary({ size, bytes }: FileContent): readonly CommandEffect[] {
  if (size === 0) return [];
  if (size <= MAX_SUMMARY) return [{ type: 'summary', text: decode(bytes) }];
  const message = `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${MAX_SUMMARY / 1024}k, got ${Math.floor(size / 1024)}k. For more information see: https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-markdown-summary`;
  return [annotate({ level: 'error', message })];
}

function readValues(
  name: 'env' | 'state' | 'output',
  text: string,
  platform: NodeJS.Platform,
): readonly CommandEffect[] {
  const { pairs, error } = parseKeyValues(text, platform);
  const effects: CommandEffect[] = [];
  for (const [key, value] of pairs) {
    // Only outputs need a name, and the grammar lets `=value` pass.
    if (name === 'output' && key === '') return [...effects, ...fileFailed(name, missingValue('name'))];
    effects.push(setting(name, key, value));
  }
  return error === undefined ? effects : [...effects, ...fileFailed(name, error)];
}

function setting(file: 'env' | 'state' | 'output', name: string, value: string): CommandEffect {
  if (file === 'output') return { type: 'set-output', name, value };
  if (file === 'state') return { type: 'save-state', name, value };
  if (!isBlockedVariable(name)) return { type: 'set-env', name, value };
  const message = `Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.`;
  return annotate({ level: 'error', message });
}

/** UTF-8, or UTF-16 behind its mark, which is what old PowerShells append. */
function decode(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : isBigEndian(bytes) ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

function isBigEndian(bytes: Uint8Array): boolean {
  return bytes[0] === 0xfe && bytes[1] === 0xff;
}
