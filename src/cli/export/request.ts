/** What the options of `orch export-gha` ask for. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { ActionSource, ExportRequest } from '../../orchestrator/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import { DEFAULT_CONFIG } from '../../shared/default-config.ts';
import { shellWord } from '../../shared/shell-word.ts';
import { UsageError } from '../explain.ts';
import type { LoadOptions } from '../load.ts';
import { WORKFLOWS } from '../workflow/files.ts';
import { repositoryNotes } from './repository-notes.ts';

export interface ExportCommandOptions extends LoadOptions {
  /** From here; the repository's own folder of workflows unless said. */
  readonly out?: string;
  readonly actions: string;
  readonly event?: string;
  readonly runsOn: string;
  readonly transport: string;
  readonly check?: boolean;
  readonly stdout?: boolean;
  readonly force?: boolean;
}

/** Throws `UsageError`. `file`: the config that was read. */
export function readRequest(root: HostPath, file: string, options: ExportCommandOptions): ExportRequest {
  const { transport } = options;
  if (transport !== 'artifacts' && transport !== 'branches')
    throw new UsageError(`--transport wants "artifacts" or "branches", not "${transport}"`);
  const source = fromRoot(root, resolve(file));
  const command = commandOf(source, folderOf(root, options), options);
  // Both are told in a comment, which would end with its line.
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(source + command))
    throw new UsageError(
      'an export tells the command that writes it, which cannot hold control characters or line ends',
    );
  return {
    source,
    command,
    actions: readSource(options.actions),
    events: options.event ?? '',
    runsOn: options.runsOn.split(',').map((label) => label.trim()),
    transport,
    repositoryNotes: repositoryNotes(root),
  };
}

/** The folder for workflows, from the root, with `/`; empty for the root itself. Throws `UsageError`. */
export function folderOf(root: HostPath, { out }: ExportCommandOptions): string {
  if (out === undefined) return WORKFLOWS;
  if (out === '') throw new UsageError('--out wants a folder');
  const folder = fromRoot(root, resolve(out));
  if (folder.split('/').some((part) => part.toLowerCase() === '.git'))
    throw new UsageError(`${out} is git's own: an export is to be committed`);
  return folder;
}

/** What lies outside of the repository is not for an export to write. */
function fromRoot(root: HostPath, path: string): string {
  const inside = relative(root, path);
  if (inside.startsWith(`..${sep}`) || inside === '..' || isAbsolute(inside))
    throw new UsageError(`${path} is outside of the repository`);
  return inside.split(sep).join('/');
}

/** OWNER/REPO@REF, and the release that this is. */
const REMOTE = /^(\w[\w-]*\/(?!\.{1,2}@)[\w.-]+)@([^\s@#]+)(?:#([\w.+-]+))?$/;

function readSource(text: string): ActionSource {
  if (text === 'vendored') return { kind: 'vendored' };
  const [, repository, ref, release] = REMOTE.exec(text) ?? [];
  if (repository === undefined || ref === undefined)
    throw new UsageError(`--actions wants "vendored", OWNER/REPO@REF or OWNER/REPO@SHA#RELEASE, not "${text}"`);
  return { kind: 'repository', repository, ref, ...(release === undefined ? {} : { release }) };
}

/** What somebody at the root types for the same files; what is at its default is left out. */
function commandOf(source: string, folder: string, options: ExportCommandOptions): string {
  const { actions, event, runsOn, transport } = options;
  const words = [
    ...(source === DEFAULT_CONFIG ? [] : ['--config', source]),
    ...(actions === 'vendored' ? [] : ['--actions', actions]),
    ...(event === undefined ? [] : ['--event', event]),
    ...(runsOn === 'ubuntu-latest' ? [] : ['--runs-on', runsOn]),
    ...(transport === 'artifacts' ? [] : ['--transport', transport]),
    ...(folder === WORKFLOWS ? [] : ['--out', folder === '' ? '.' : folder]),
  ];
  return ['orch export-gha', ...words.map(typedWord)].join(' ');
}

/** As somebody would type it in a shell: quoted only where it has to be. */
export function typedWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : shellWord(word);
}
