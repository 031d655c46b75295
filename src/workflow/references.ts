/** What `uses` names: an action for a step, a workflow for a job. */
import { err, ok, type Result } from '../shared/result.ts';

export type ActionReference =
  /** Under the workspace, as it is when the step's turn comes. */
  | { readonly kind: 'local'; readonly path: string }
  /** In the repository of the file that says so, at the commit that runs. */
  | { readonly kind: 'self'; readonly path: string }
  | { readonly kind: 'docker'; readonly image: string }
  | RemoteReference;

export interface RemoteReference {
  readonly kind: 'remote';
  readonly owner: string;
  readonly repository: string;
  /** Within the repository; '' is its root. */
  readonly path: string;
  /** A branch, a tag or a whole sha. */
  readonly ref: string;
}

export type WorkflowReference =
  /** In the repository and commit of the calling file. */
  { readonly kind: 'self'; readonly path: string } | RemoteReference;

const DOCKER = 'docker://';

/** The error is GitHub's sentence. */
export function parseActionReference(uses: string): Result<ActionReference, string> {
  if (uses.startsWith(DOCKER)) return ok({ kind: 'docker', image: uses.slice(DOCKER.length) });
  if (uses.startsWith('./') || uses.startsWith('.\\')) return ok({ kind: 'local', path: uses.slice(2) });
  if (uses.startsWith('$/')) return ok({ kind: 'self', path: uses.slice(2) });
  const remote = parseRemote(uses);
  if (remote === undefined) return err(`Expected format {org}/{repo}[/path]@ref. Actual '${uses}'`);
  if (remote.path.startsWith('.github/workflows/')) {
    return err('reusable workflows should be referenced at the top-level `jobs.*.uses` key, not within steps');
  }
  return ok(remote);
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
  const remote = parseRemote(uses);
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
function parseRemote(uses: string): RemoteReference | undefined {
  const [before = '', ref = '', ...rest] = uses.split('@');
  const [owner, repository, ...path] = before.split(/[\\/]/).filter((segment) => segment !== '');
  if (rest.length > 0 || ref === '' || owner === undefined || repository === undefined) return undefined;
  return { kind: 'remote', owner, repository, path: path.join('/'), ref };
}

/** The way it is written in a file. */
export function describeRemote({ owner, repository, path, ref }: RemoteReference): string {
  return `${owner}/${repository}${path === '' ? '' : `/${path}`}@${ref}`;
}

/** Hexadecimal of the length that abbreviated shas have; GitHub resolves whole ones only. */
export function looksLikeShortSha(ref: string): boolean {
  return /^[0-9a-f]{7,8}$/i.test(ref);
}
