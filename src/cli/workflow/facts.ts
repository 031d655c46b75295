/** What is true of the repository that an event is made up for: its name, its branches, and the commits that a push would bring. */

import type { GitRepository } from '../../runner/workspaces/index.ts';
import { userName } from '../user-name.ts';

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
  /** The default branch has all of a pull request from this branch already. */
  readonly isMerged: boolean;
  readonly actor: string;
}

export interface FactsRequest {
  /** The commit that runs: HEAD, or a snapshot on top of it. */
  readonly commit: string;
  readonly actor?: string;
  /** `owner/name`, in place of what the remote says. */
  readonly repository?: string;
  readonly defaultBranch?: string;
  /** The branch or tag that the event is about, whole, in place of what is checked out. */
  readonly ref?: string;
}

const MAX_COMMITS = 20;
const BRANCHES = 'refs/heads/';
const TAGS = 'refs/tags/';

export async function readFacts(repository: GitRepository, request: FactsRequest): Promise<RepositoryFacts> {
  const { head, remoteUrl, root } = repository;
  const remote = readRemote(remoteUrl);
  const standing = await standingOf(repository, request.ref);
  // Each question to git is a process, and somebody waits: what can be asked together is.
  const [entries, branches] = await Promise.all([
    logOf(repository, ['--no-walk=unsorted', request.commit, head.commit]),
    readBranches(repository, request, standing.branch),
  ]);
  const [last, checkedOut] = [request.commit, head.commit].map((id) => entries.find((entry) => entry.commit.id === id));
  if (last === undefined || checkedOut === undefined) throw new Error(`the commit ${request.commit} has no log`);
  return {
    name: request.repository ?? remote.name ?? `local/${root.split('/').at(-1) ?? 'repository'}`,
    serverUrl: remote.serverUrl,
    ...standing,
    // Workflows look for marks such as [skip ci] in it: a snapshot goes by the message of what it stands on.
    head: { ...last.commit, message: checkedOut.commit.message },
    ...(standing.tag === undefined ? await pushOf(repository, { last, checkedOut, branches, ...standing }) : NEW_TAG),
    ...(await requestOf(repository, { ...request, branches, checkedOut, ...standing })),
    actor: request.actor ?? userName(),
  };
}

/** A push of a tag brings no commits of its own. */
const NEW_TAG = { commits: [] } as const;

type Where = Pick<RepositoryFacts, 'branch' | 'tag'>;

async function standingOf(repository: GitRepository, ref: string | undefined): Promise<Where> {
  if (ref?.startsWith(BRANCHES)) return { branch: ref.slice(BRANCHES.length) };
  if (ref?.startsWith(TAGS)) return { tag: ref.slice(TAGS.length) };
  const { branch, commit } = repository.head;
  if (branch !== undefined) return { branch };
  const tag = await tagOf(repository, commit);
  return tag === undefined ? {} : { tag };
}

/** What branches point at, by full name. */
type Branches = ReadonlyMap<string, string>;

/** Those that are asked for below, as far as they are there. */
async function readBranches(
  { git, head, defaultBranch }: GitRepository,
  request: FactsRequest,
  branch: string | undefined,
): Promise<Branches> {
  const names = [branch, head.branch, request.defaultBranch, defaultBranch, ...USUAL].filter(
    (name) => name !== undefined,
  );
  const refs = names.flatMap((name) => [publishedRef(name), ownRef(name)]);
  const format = '%(objectname) %(objecttype) %(refname)';
  const listed = await git.text(['for-each-ref', `--format=${format}`, ...refs]);
  const branches = new Map<string, string>();
  for (const line of listed.split('\n')) {
    const [id = '', type, ref = ''] = line.split(' ');
    if (type === 'commit') branches.set(ref, id);
  }
  return branches;
}

function publishedRef(branch: string): string {
  return `refs/remotes/origin/${branch}`;
}

function ownRef(branch: string): string {
  return `${BRANCHES}${branch}`;
}

interface Standing extends Where {
  readonly last: LogEntry;
  readonly checkedOut: LogEntry;
  readonly branches: Branches;
}

async function pushOf(
  repository: GitRepository,
  standing: Standing,
): Promise<Pick<RepositoryFacts, 'before' | 'commits' | 'pushedPaths'>> {
  const { commit, parents } = standing.last;
  const before = await previousCommit(repository, standing);
  const isNext = before === undefined ? parents.length === 0 : parents.length === 1 && parents[0] === before;
  const commits = isNext ? [commit] : await commitsSince(repository, before, commit.id);
  if (before === undefined) return { commits };
  return { before, commits, pushedPaths: await pathsBetween(repository, before, commit.id) };
}

/** Oldest first. */
async function commitsSince(
  repository: GitRepository,
  before: string | undefined,
  commit: string,
): Promise<readonly CommitFacts[]> {
  const range = before === undefined ? commit : `${before}..${commit}`;
  const entries = await logOf(repository, [`--max-count=${MAX_COMMITS}`, range]);
  return entries.map((entry) => entry.commit).toReversed();
}

type RequestStanding = FactsRequest & Omit<Standing, 'last'>;

async function requestOf(
  repository: GitRepository,
  { commit, defaultBranch, branches, checkedOut, branch: from }: RequestStanding,
): Promise<Pick<RepositoryFacts, 'defaultBranch' | 'base' | 'isMerged' | 'requestedPaths'>> {
  const branch = defaultBranch ?? repository.defaultBranch ?? guessDefault(repository, branches) ?? 'main';
  const base = commitOfBranch(branches, branch);
  const fork = base === undefined ? undefined : await mergeBase(repository, base, commit);
  const isMerged = from !== branch && fork === checkedOut.commit.id;
  const into = { defaultBranch: branch, base: { branch, commit: base ?? commit }, isMerged };
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

const FIELDS = ['%P', '%H', '%T', '%cI', '%an', '%ae', '%cn', '%ce', '%B'];

interface LogEntry {
  readonly commit: CommitFacts;
  readonly parents: readonly string[];
}

async function logOf({ git }: GitRepository, args: readonly string[]): Promise<readonly LogEntry[]> {
  const text = (await git.run(['log', '-z', `--format=${FIELDS.join('%x1f')}`, ...args])).stdout.toString('utf8');
  return text
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [above = '', id = '', tree = '', timestamp = '', an = '', ae = '', cn = '', ce = '', ...message] =
        entry.split('\x1f');
      const people = { author: { name: an, email: ae }, committer: { name: cn, email: ce } };
      const commit = { id, tree, timestamp, ...people, message: message.join('\x1f').trimEnd() };
      return { commit, parents: above.split(' ').filter((parent) => parent !== '') };
    });
}

async function tagOf({ git }: GitRepository, commit: string): Promise<string | undefined> {
  const [first] = (await git.text(['tag', '--points-at', commit])).split('\n');
  return first === '' ? undefined : first;
}

async function previousCommit(
  repository: GitRepository,
  { checkedOut, branches, branch }: Standing,
): Promise<string | undefined> {
  const { id } = checkedOut.commit;
  const published = branch === undefined ? undefined : branches.get(publishedRef(branch));
  if (published !== undefined && published !== id && (await mergeBase(repository, published, id)) === published)
    return published;
  return checkedOut.parents[0];
}

const USUAL = ['main', 'master'];

function guessDefault({ head }: GitRepository, branches: Branches): string | undefined {
  return USUAL.find((name) => commitOfBranch(branches, name) !== undefined) ?? head.branch;
}

/** Origin's, which is what a pull request would be compared with; the local one where there is no other. */
function commitOfBranch(branches: Branches, branch: string): string | undefined {
  return branches.get(publishedRef(branch)) ?? branches.get(ownRef(branch));
}

async function mergeBase({ git }: GitRepository, one: string, other: string): Promise<string | undefined> {
  if (one === other) return one;
  const found = await git.run(['merge-base', one, other], { codes: [0, 1] });
  return found.code === 0 ? found.stdout.toString('utf8').trim() : undefined;
}

async function pathsBetween({ git }: GitRepository, from: string, to: string): Promise<readonly string[]> {
  if (from === to) return [];
  const text = (await git.run(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to])).stdout.toString(
    'utf8',
  );
  return text.split('\0').filter((path) => path !== '');
}
