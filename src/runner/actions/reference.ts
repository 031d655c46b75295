/** What `uses` names: the forms of a reference to an action or a reusable workflow. */
import { err, ok, type Result } from '../../shared/result.ts';

export type UsesReference =
  /** A path below the workspace, with `/`. */
  | { readonly kind: 'local'; readonly path: string }
  /** A path below the repository of the file that says so, at its commit. */
  | { readonly kind: 'self'; readonly path: string }
  | { readonly kind: 'docker'; readonly image: string }
  | RemoteReference;

export interface RemoteReference {
  readonly kind: 'remote';
  readonly owner: string;
  readonly repo: string;
  /** '' for the repository's root; no `.` or `..` in it. */
  readonly path: string;
  /** A branch, a tag or a full commit id. */
  readonly ref: string;
}

/** The error is GitHub's sentence. */
export function parseUses(uses: string): Result<UsesReference, string> {
  if (/^docker:\/\/./i.test(uses)) return ok({ kind: 'docker', image: uses.slice('docker://'.length) });
  if (/^\.[/\\]/.test(uses)) return local(uses.slice(2));
  if (uses.startsWith('$/')) return self(uses);
  return remote(uses) ?? refuse(uses);
}

/** How people and messages name it. */
export function describeReference({ owner, repo, path, ref }: RemoteReference): string {
  return `${owner}/${repo}${path === '' ? '' : `/${path}`}@${ref}`;
}

function refuse(uses: string): Result<never, string> {
  return err(`Expected format {org}/{repo}[/path]@ref. Actual '${uses}'`);
}

/** The workspace may hold whatever a step has put there: where the path leads is checked when it is used. */
function local(path: string): Result<UsesReference, string> {
  return ok({ kind: 'local', path: path.replaceAll('\\', '/') });
}

function self(uses: string): Result<UsesReference, string> {
  const path = cleanPath(uses.slice(2));
  return path === undefined || uses.includes('@') ? refuse(uses) : ok({ kind: 'self', path });
}

function remote(uses: string): Result<RemoteReference, string> | undefined {
  const at = uses.indexOf('@');
  const ref = uses.slice(at + 1);
  const [owner = '', repo = '', ...rest] = uses.slice(0, Math.max(at, 0)).split(/[/\\]/);
  const path = cleanPath(rest.join('/'));
  if (path === undefined || !isName(owner) || !isName(repo) || !isRef(ref)) return undefined;
  return ok({ kind: 'remote', owner, repo, path, ref });
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
