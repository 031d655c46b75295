/** Finding workflow files: those of `.github/workflows`, and those that the user names by path, folder or name. */
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { nearest } from '../../shared/diagnostic.ts';
import { UsageError } from '../explain.ts';

export const WORKFLOWS = '.github/workflows';

/** Workflows that a message names. */
const LISTED = 8;

export interface WorkflowFile {
  /** Relative to the repository's root where it lies in it, absolute elsewhere. */
  readonly path: string;
  readonly text: string;
  /** The user named this very file, not a folder that it lies in. */
  readonly named: boolean;
}

/** A file with `on` and `jobs` at its top level. */
export function looksLikeWorkflow(text: string): boolean {
  const has = (key: string): boolean => new RegExp(`^\\s{0,3}["']?${key}["']?\\s*:`, 'm').test(text);
  return has('on') && has('jobs');
}

/** Whether the operands of `orch run` mean workflows: a folder, the name of one, or a file that is one or wants to be. */
export function namesWorkflows(root: string, operands: readonly string[]): boolean {
  return operands.some((operand) => {
    const kind = kindOf(resolve(operand));
    if (kind === 'folder') return true;
    const isPlaced = relative(root, resolve(operand)).startsWith(`${WORKFLOWS}/`);
    if (kind === undefined) return isPlaced || !/\.ya?ml$/.test(operand) || byName(root, operand) !== undefined;
    return isPlaced || looksLikeWorkflow(readText(operand));
  });
}

/** Those named, each once in the order given; without operands all of `.github/workflows`. Throws `UsageError`. */
export function findWorkflows(root: string, operands: readonly string[]): readonly WorkflowFile[] {
  const paths = operands.length === 0 ? inFolder(join(root, WORKFLOWS)) : operands.flatMap((name) => find(root, name));
  const unique = new Map(paths.map((found) => [found.path, found]));
  return [...unique.values()].map(({ path, named }) => ({ path: shown(root, path), text: readText(path), named }));
}

interface Found {
  readonly path: string;
  readonly named: boolean;
}

function find(root: string, operand: string): readonly Found[] {
  const path = resolve(operand);
  const kind = kindOf(path);
  if (kind === 'file') return [{ path, named: true }];
  if (kind === 'folder') return inFolder(path);
  const named = byName(root, operand);
  if (named !== undefined) return [{ path: named, named: true }];
  throw new UsageError(`there is no file, folder or workflow "${operand}"`, { hint: whatThereIs(root, operand) });
}

function whatThereIs(root: string, operand: string): string {
  const names = inFolder(join(root, WORKFLOWS)).map(({ path }) => basename(path));
  const short = names.map(shortName);
  const near = nearest(shortName(basename(operand)), short);
  if (near !== undefined) return `did you mean "${/\.ya?ml$/.test(operand) ? names[short.indexOf(near)] : near}"?`;
  if (short.length === 0) return `there are no workflows in ${WORKFLOWS}`;
  const more = short.length > LISTED ? [`and ${short.length - LISTED} more`] : [];
  return `in ${WORKFLOWS} there are ${[...short.slice(0, LISTED), ...more].join(', ')}`;
}

function shortName(file: string): string {
  return file.replace(/\.ya?ml$/, '');
}

/** GitHub looks for workflows in no folder below. */
function inFolder(folder: string): readonly Found[] {
  if (kindOf(folder) !== 'folder') return [];
  const names = readdirSync(folder)
    .filter((name) => /.\.ya?ml$/.test(name))
    .sort();
  return names
    .map((name) => ({ path: join(folder, name), named: false }))
    .filter(({ path }) => kindOf(path) === 'file');
}

/** The path of `ci`: of ci.yml, or of the workflow that calls itself so. */
export function byName(root: string, name: string): string | undefined {
  const all = inFolder(join(root, WORKFLOWS)).map(({ path }) => path);
  const byFile = all.find((path) => shortName(basename(path)) === name || basename(path) === name);
  if (byFile !== undefined) return byFile;
  return all.find((path) => {
    const title = /^name\s*:\s*(.*?)\s*(?:#.*)?$/m.exec(readText(path))?.[1]?.replace(/^(["'])(.*)\1$/, '$2');
    return title?.toLowerCase() === name.toLowerCase();
  });
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (stat.isDirectory()) return 'folder';
  // A named pipe would be waited for.
  return stat.isFile() ? 'file' : undefined;
}

/** More than any workflow may have, in bytes of the longest characters: what is cut here is refused for its length. */
const MOST = 4 * 1024 * 1024 + 4;

/** The text of a workflow or action file, of which no more is read than it takes to refuse it. Throws `UsageError`. */
export function readText(path: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      if (fstatSync(file).size < MOST) return readFileSync(file, 'utf8');
      const start = Buffer.alloc(MOST);
      return start.toString('utf8', 0, readSync(file, start, 0, MOST, 0));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function shown(root: string, path: string): string {
  const short = relative(root, path);
  return short.startsWith('..') ? path : short;
}
