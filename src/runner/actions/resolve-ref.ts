/** From the name of a branch or tag to the commit it means on the server now. */
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { describeRemote, type RemoteReference } from '../../workflow/index.ts';
import { faultLine, type GitCall, type GitFault } from './git.ts';
import { runNetworkGit } from './network-git.ts';

/** A full commit id is taken at its word and needs no server. */
export function isCommitId(ref: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(ref);
}

export interface ResolvedRef {
  readonly sha: string;
  /** The full name on the server; undefined for a commit id. */
  readonly name?: string;
}

/** A tag goes before a branch of the same name. */
export async function resolveRef(
  reference: RemoteReference,
  url: string,
  call: GitCall,
): Promise<Result<ResolvedRef, Failure>> {
  const { ref } = reference;
  if (isCommitId(ref)) return ok({ sha: ref.toLowerCase() });
  const names = [`refs/tags/${ref}`, `refs/heads/${ref}`, ...(/^(refs|heads|tags)\//.test(ref) ? qualified(ref) : [])];
  const patterns = names.flatMap((name) => [name, `${name}^{}`]);
  const listed = await runNetworkGit(['ls-remote', '--quiet', url, ...patterns], call);
  if (!listed.ok) return err(unreachable(reference, url, listed.error));
  const shas = new Map(
    listed.value.split('\n').flatMap((line): [string, string][] => {
      const [sha = '', name] = line.split('\t');
      return name !== undefined && isCommitId(sha) ? [[name, sha]] : [];
    }),
  );
  for (const name of names) {
    // An annotated tag is an object of its own; with ^{} the server tells the commit behind it.
    const sha = shas.get(`${name}^{}`) ?? shas.get(name);
    if (sha !== undefined) return ok({ sha, name });
  }
  return err(unknownVersion(reference));
}

function qualified(ref: string): readonly string[] {
  return [ref.startsWith('refs/') ? ref : `refs/${ref}`];
}

export function unknownVersion(reference: RemoteReference): Failure {
  const short = /^[0-9a-f]{7,39}$/i.test(reference.ref);
  return {
    code: 'action-not-found',
    message: short
      ? `Unable to resolve action \`${describeRemote(reference)}\`, the provided ref \`${reference.ref}\` is the shortened version of a commit SHA, which is not supported. Please use the full commit SHA instead.`
      : `Unable to resolve action \`${describeRemote(reference)}\`, unable to find version \`${reference.ref}\``,
    hint: `${short ? 'write all 40 digits' : 'check the name'}, or use a folder in its place: --action ${reference.owner}/${reference.repository}@${reference.ref}=DIR`,
  };
}

/** Git's words do not always tell a repository that is not there from a server that cannot be reached. */
export function unreachable(reference: RemoteReference, url: string, fault: GitFault): Failure {
  const missing = /not found|does not exist|does not appear to be a git repository|could not read Username/i;
  const name = `${reference.owner}/${reference.repository}`;
  return {
    code: 'action-not-found',
    message: missing.test(fault.stderr)
      ? `Unable to resolve action \`${name}\`, repository not found`
      : `Unable to resolve action \`${describeRemote(reference)}\`: ${faultLine(fault)}`,
    hint: `${withoutPassword(url)} was asked; --action-source names another place, --offline takes what the cache has`,
    details: fault.stderr
      .split('\n')
      .filter((line) => line !== '')
      .slice(0, 10),
  };
}

export function withoutPassword(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1');
}
