/** What is true of the repository that an event is made up for: its name, its branches, and the commits that a push would bring. */
import { userInfo } from 'node:os';
import type { GitRepository } from '../../runner/workspaces/index.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface CommitFacts {
  readonly id: string;
  readonly tree: string;
  readonly message: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly author: Person;
  readonly committer: Person;
}

export interface RepositoryFacts {
  /** `owner/name`. */
  readonly name: string;
  readonly serverUrl: string;
  readonly defaultBranch: string;
  /** The branch checked out; undefined when HEAD is detached. */
  readonly branch?: string;
  /** A tag of HEAD, when no branch is checked out. */
  readonly tag?: string;
  /** The commit that runs. */
  readonly head: CommitFacts;
  /** Where the branch stood before the push: origin's commit of it, or the parent; absent before the first commit. */
  readonly before?: string;
  /** What the push brings, oldest first, twenty at most, as GitHub's payloads have them. */
  readonly commits: readonly CommitFacts[];
  /** The default branch, which a pull request would go into. */
  readonly base: { readonly branch: string; readonly commit: string };
  /** What differs from `before`; absent when that is not known. */
  readonly pushedPaths?: readonly string[];
  /** What differs from where the branch left the default branch; absent when that is not known. */
  readonly requestedPaths?: readonly string[];
  readonly actor: string;
}

export interface FactsRequest {
  /** The commit that runs: HEAD, or a snapshot on top of it. */
  readonly commit: string;
  readonly actor?: string;
  /** `owner/name`, in place of what the remote says. */
  readonly repository?: string;
  readonly defaultBranch?: string;
}

const MAX_COMMITS = 20;

export async function readFacts(repository: GitRepository, request: FactsRequest): Promise<RepositoryFacts> {
  const { head, remoteUrl, root } = repository;
  const remote = readRemote(remoteUrl);
  const [last] = await logOf(repository, ['--no-walk', request.commit]);
  const [checkedOut] = await logOf(repository, ['--no-walk', head.commit]);
  if (last === undefined || checkedOut === undefined) throw new Error(`the commit ${request.commit} has no log`);
  return {
    name: request.repository ?? remote.name ?? `local/${root.split('/').at(-1) ?? 'repository'}`,
    serverUrl: remote.serverUrl,
    ...(await standingOf(repository)),
    // Workflows look for marks such as [skip ci] in it: a snapshot goes by the message of what it stands on.
    head: { ...last, message: checkedOut.message },
    ...(await pushOf(repository, { commit: request.commit, branch: head.branch })),
    ...(await requestOf(repository, request)),
    actor: request.actor ?? userInfo().username,
  };
}

async function standingOf(repository: GitRepository): Promise<Pick<RepositoryFacts, 'branch' | 'tag'>> {
  const { branch, commit } = repository.head;
  if (branch !== undefined) return { branch };
  const tag = await tagOf(repository, commit);
  return tag === undefined ? {} : { tag };
}

interface Standing {
  readonly commit: string;
  readonly branch: string | undefined;
}

async function pushOf(
  repository: GitRepository,
  standing: Standing,
): Promise<Pick<RepositoryFacts, 'before' | 'commits' | 'pushedPaths'>> {
  const { commit } = standing;
  const before = await previousCommit(repository, { ...standing, commit: repository.head.commit });
  const range = before === undefined ? commit : `${before}..${commit}`;
  const commits = (await logOf(repository, [`--max-count=${MAX_COMMITS}`, range])).toReversed();
  if (before === undefined) return { commits };
  return { before, commits, pushedPaths: await pathsBetween(repository, before, commit) };
}

async function requestOf(
  repository: GitRepository,
  { commit, defaultBranch }: FactsRequest,
): Promise<Pick<RepositoryFacts, 'defaultBranch' | 'base' | 'requestedPaths'>> {
  const branch = defaultBranch ?? repository.defaultBranch ?? (await guessDefault(repository)) ?? 'main';
  const base = await commitOfBranch(repository, branch);
  const fork = base === undefined ? undefined : await mergeBase(repository, base, commit);
  const into = { defaultBranch: branch, base: { branch, commit: base ?? commit } };
  return fork === undefined ? into : { ...into, requestedPaths: await pathsBetween(repository, fork, commit) };
}

const GITHUB = 'https://github.com';

/**
 * `owner/name` and the server of a URL such as git@host:owner/name.git or https://host/owner/name. GitHub's own address
 * stands for any host that is none of GitHub's: clients refuse parts of their work elsewhere.
 */
export function readRemote(url: string | undefined): { readonly name?: string; readonly serverUrl: string } {
  const name = /[:/]([^/:]+\/[^/:]+?)(?:\.git)?\/?$/.exec(url ?? '')?.[1];
  const host = /^(?:[a-z][a-z+.-]*:\/\/)?(?:[^/@]*@)?([^/:@]+\.ghe\.com)[:/]/i.exec(url ?? '')?.[1];
  return { ...(name === undefined ? {} : { name }), serverUrl: host === undefined ? GITHUB : `https://${host}` };
}

const FIELDS = ['%H', '%T', '%cI', '%an', '%ae', '%cn', '%ce', '%B'];

async function logOf({ git }: GitRepository, args: readonly string[]): Promise<readonly CommitFacts[]> {
  const text = (await git.run(['log', '-z', `--format=${FIELDS.join('%x1f')}`, ...args])).stdout.toString('utf8');
  return text
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [id = '', tree = '', timestamp = '', an = '', ae = '', cn = '', ce = '', ...message] = entry.split('\x1f');
      const people = { author: { name: an, email: ae }, committer: { name: cn, email: ce } };
      return { id, tree, timestamp, ...people, message: message.join('\x1f').trimEnd() };
    });
}

async function tagOf({ git }: GitRepository, commit: string): Promise<string | undefined> {
  const [first] = (await git.text(['tag', '--points-at', commit])).split('\n');
  return first === '' ? undefined : first;
}

async function previousCommit(repository: GitRepository, { commit, branch }: Standing): Promise<string | undefined> {
  const published = branch === undefined ? undefined : await resolve(repository, `refs/remotes/origin/${branch}`);
  if (published !== undefined && published !== commit && (await mergeBase(repository, published, commit)) === published)
    return published;
  return resolve(repository, `${commit}^1`);
}

async function guessDefault(repository: GitRepository): Promise<string | undefined> {
  for (const name of ['main', 'master']) {
    if ((await commitOfBranch(repository, name)) !== undefined) return name;
  }
  return repository.head.branch;
}

/** Origin's, which is what a pull request would be compared with; the local one where there is no other. */
async function commitOfBranch(repository: GitRepository, branch: string): Promise<string | undefined> {
  const published = await resolve(repository, `refs/remotes/origin/${branch}`);
  return published ?? resolve(repository, `refs/heads/${branch}`);
}

async function resolve({ git }: GitRepository, revision: string): Promise<string | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const found = await git.run(args, { codes: [0, 1, 128] });
  return found.code === 0 ? found.stdout.toString('utf8').trim() : undefined;
}

async function mergeBase({ git }: GitRepository, one: string, other: string): Promise<string | undefined> {
  const found = await git.run(['merge-base', one, other], { codes: [0, 1] });
  return found.code === 0 ? found.stdout.toString('utf8').trim() : undefined;
}

async function pathsBetween({ git }: GitRepository, from: string, to: string): Promise<readonly string[]> {
  const text = (await git.run(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to])).stdout.toString(
    'utf8',
  );
  return text.split('\0').filter((path) => path !== '');
}
