/** What `uses` names: an action for a step, a workflow for a job. */
import { err, ok, type Result } from '../shared/result.ts';

export type ActionReference =
  /** Under the workspace, as it is when the step's turn comes; where it leads is checked then. With `/`. */
  | { readonly kind: 'local'; readonly path: string }
  /** In the repository of the file that says so, at the commit that runs. */
  | { readonly kind: 'self'; readonly path: string }
  | { readonly kind: 'docker'; readonly image: string }
  | RemoteReference;

export interface RemoteReference {
  readonly kind: 'remote';
  readonly owner: string;
  readonly repository: string;
  /** '' for the repository's root; no `.` or `..` in it. */
  readonly path: string;
  /** A branch, a tag or a whole sha. */
  readonly ref: string;
}

export type WorkflowReference =
  /** In the repository and commit of the calling file. */
  { readonly kind: 'self'; readonly path: string } | RemoteReference;

/** The error is GitHub's sentence. */
export function parseActionReference(uses: string): Result<ActionReference, string> {
  const reference = readReference(uses);
  if (reference === undefined) return err(`Expected format {org}/{repo}[/path]@ref. Actual '${uses}'`);
  if (reference.kind === 'remote' && reference.path.startsWith(FOLDER)) {
    return err('reusable workflows should be referenced at the top-level `jobs.*.uses` key, not within steps');
  }
  return ok(reference);
}

function readReference(uses: string): ActionReference | undefined {
  if (/^docker:\/\/./i.test(uses)) return { kind: 'docker', image: uses.slice('docker://'.length) };
  if (/^\.[/\\]/.test(uses)) return { kind: 'local', path: uses.slice(2).replaceAll('\\', '/') };
  if (uses.startsWith('$/')) return readSelf(uses);
  return readRemote(uses);
}

function readSelf(uses: string): ActionReference | undefined {
  const path = cleanPath(uses.slice(2));
  return path === undefined || uses.includes('@') ? undefined : { kind: 'self', path };
}

const WRONG = 'invalid value workflow reference:';
const FOLDER = '.github/workflows/';

/** The error is GitHub's sentence. */
export function parseWorkflowReference(uses: string): Result<WorkflowReference, string> {
  const isOwn = uses.startsWith('./') || uses.startsWith('$/');
  const reference = isOwn ? parseOwnWorkflow(uses.slice(2)) : parseRemoteWorkflow(uses);
  if (!reference.ok) return reference;
  const problem = pathProblem(reference.value.path);
  return problem === undefined ? reference : err(problem);
}

function parseOwnWorkflow(path: string): Result<WorkflowReference, string> {
  if (path.includes('@')) return err(`${WRONG} cannot specify version when calling local workflows`);
  return ok({ kind: 'self', path });
}

function parseRemoteWorkflow(uses: string): Result<WorkflowReference, string> {
  const [before = '', ref = ''] = uses.split('@');
  if (before.split('/').length < 3 || before.startsWith('.')) {
    return err(`${WRONG} references to workflows must be prefixed with format 'owner/repository/' or './'`);
  }
  if (ref === '') return err(`${WRONG} no version specified`);
  const remote = readRemote(uses);
  return remote === undefined ? err(`${WRONG} '${uses}'`) : ok(remote);
}

function pathProblem(path: string): string | undefined {
  if (!path.startsWith(FOLDER)) return `${WRONG} references to workflows must be rooted in '.github/workflows'`;
  const name = path.slice(FOLDER.length);
  if (name.includes('/')) {
    return `${WRONG} workflows must be defined at the top level of the .github/workflows/ directory`;
  }
  return /.\.ya?ml$/.test(name) ? undefined : `${WRONG} '${name}' is not the name of a YAML file`;
}

/** `owner/repository[/path]@ref`; undefined when it is not of this form. */
function readRemote(uses: string): RemoteReference | undefined {
  const at = uses.indexOf('@');
  const ref = uses.slice(at + 1);
  const [owner = '', repository = '', ...rest] = uses.slice(0, Math.max(at, 0)).split(/[/\\]/);
  const path = cleanPath(rest.join('/'));
  if (path === undefined || !isName(owner) || !isName(repository) || !isRef(ref)) return undefined;
  return { kind: 'remote', owner, repository, path, ref };
}

/** Names become parts of URLs and of paths in the cache. */
function isName(name: string): boolean {
  return /^[A-Za-z0-9_.-]+$/.test(name) && !/^\.+$/.test(name) && !name.startsWith('-');
}

/** What git itself takes for a ref's name, and nothing that it could take for an option. */
function isRef(ref: string): boolean {
  if (ref.length > 255 || /^[-/]|[/.]$|\.\.|\/\/|\.lock(\/|$)|(^|\/)\./.test(ref)) return false;
  return /^[^\s~^:?*[\\@\p{Cc}]+$/u.test(ref);
}

function cleanPath(path: string): string | undefined {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') || /\p{Cc}/u.test(path) ? undefined : parts.join('/');
}

/** The way it is written in a file. */
export function describeRemote({ owner, repository, path, ref }: RemoteReference): string {
  return `${owner}/${repository}${path === '' ? '' : `/${path}`}@${ref}`;
}

/** Hexadecimal of the length that abbreviated shas have; GitHub resolves whole ones only. */
export function looksLikeShortSha(ref: string): boolean {
  return /^[0-9a-f]{7,8}$/i.test(ref);
}
