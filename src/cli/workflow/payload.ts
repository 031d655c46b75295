/** Payloads of events, made up from the repository as it is, with the fields that workflows read. */
import type { Json, JsonObject } from '../../workflow/index.ts';
import type { CommitFacts, RepositoryFacts } from './facts.ts';

export interface PayloadRequest {
  readonly event: string;
  readonly facts: RepositoryFacts;
  /** What the event is about: a whole ref. */
  readonly ref: string;
  /** Inputs of `workflow_dispatch`, as the texts that GitHub sends. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The file that runs, relative to the repository's root. */
  readonly workflow: string;
  /** The line of a schedule. */
  readonly cron?: string;
  /** Activities, one of which it has to be; none when any will do. */
  readonly types?: readonly string[];
}

/** What an activity is when nobody says: the first of those that start a workflow by default. */
const ACTIONS: Readonly<Record<string, string>> = {
  pull_request: 'opened',
  pull_request_target: 'opened',
  pull_request_review: 'submitted',
  pull_request_review_comment: 'created',
  issues: 'opened',
  issue_comment: 'created',
  release: 'published',
  check_run: 'created',
  check_suite: 'completed',
  discussion: 'created',
  discussion_comment: 'created',
  label: 'created',
  milestone: 'created',
  merge_group: 'checks_requested',
  registry_package: 'published',
  repository_dispatch: 'orch',
  watch: 'started',
  workflow_run: 'completed',
};

const ZERO = /[0-9a-f]/g;
/** The number of whatever was made up: a pull request, an issue. */
const NUMBER = 1;

export function makePayload(request: PayloadRequest): JsonObject {
  const usual = ACTIONS[request.event];
  const { types = [] } = request;
  const action = usual === undefined || types.includes(usual) ? usual : (types[0] ?? usual);
  return {
    ...(action === undefined ? {} : { action }),
    ...OF_EVENT[request.event]?.(request),
    ...everywhere(request.facts),
  };
}

/** What every payload has. */
export function everywhere(facts: RepositoryFacts): JsonObject {
  return { repository: repositoryOf(facts), sender: userOf(facts.actor) };
}

type Part = (request: PayloadRequest) => JsonObject;

const OF_EVENT: Readonly<Record<string, Part>> = {
  push,
  pull_request: pullRequest,
  pull_request_target: pullRequest,
  pull_request_review: (request) => ({
    ...pullRequest(request),
    review: { id: NUMBER, state: 'commented', body: '', user: userOf(request.facts.actor) },
  }),
  pull_request_review_comment: (request) => ({ ...pullRequest(request), comment: commentOf(request.facts) }),
  workflow_dispatch: ({ inputs, ref, workflow }) => ({ inputs, ref, workflow }),
  schedule: ({ cron }) => ({ schedule: cron ?? '' }),
  repository_dispatch: ({ facts }) => ({ branch: facts.defaultBranch, client_payload: {} }),
  issues: ({ facts }) => ({ issue: issueOf(facts) }),
  issue_comment: ({ facts }) => ({ issue: issueOf(facts), comment: commentOf(facts) }),
  release,
  create: refMade,
  delete: refMade,
  merge_group: mergeGroup,
  workflow_run: workflowRun,
};

function push({ facts, ref }: PayloadRequest): JsonObject {
  const commits = facts.commits.map((commit) => commitOf(facts, commit));
  const { id } = facts.head;
  return {
    ref,
    before: facts.before ?? id.replace(ZERO, '0'),
    after: id,
    base_ref: null,
    created: facts.before === undefined,
    deleted: false,
    forced: false,
    compare: `${urlOf(facts)}/compare/${(facts.before ?? id).slice(0, 12)}...${id.slice(0, 12)}`,
    commits,
    head_commit: commitOf(facts, facts.head),
    pusher: { name: facts.actor, email: facts.head.committer.email },
  };
}

function pullRequest({ facts }: PayloadRequest): JsonObject {
  const head = facts.branch ?? facts.tag ?? facts.head.id.slice(0, 7);
  const [title = '', ...body] = facts.head.message.split('\n');
  const side = (ref: string, sha: string): JsonObject => ({
    ref,
    sha,
    label: `${ownerOf(facts)}:${ref}`,
    user: userOf(ownerOf(facts)),
    repo: repositoryOf(facts),
  });
  return {
    number: NUMBER,
    pull_request: {
      id: NUMBER,
      number: NUMBER,
      state: 'open',
      draft: false,
      merged: false,
      title,
      body: body.join('\n').trim() || null,
      user: userOf(facts.actor),
      html_url: `${urlOf(facts)}/pull/${NUMBER}`,
      labels: [],
      assignees: [],
      requested_reviewers: [],
      author_association: 'OWNER',
      commits: facts.commits.length,
      head: side(head, facts.head.id),
      base: side(facts.base.branch, facts.base.commit),
      merge_commit_sha: facts.head.id,
    },
  };
}

function release({ facts, ref }: PayloadRequest): JsonObject {
  const tag = ref.replace(/^refs\/(tags|heads)\//, '');
  return {
    release: {
      id: NUMBER,
      tag_name: tag,
      name: tag,
      target_commitish: facts.defaultBranch,
      draft: false,
      prerelease: false,
      body: '',
      html_url: `${urlOf(facts)}/releases/tag/${tag}`,
      author: userOf(facts.actor),
      assets: [],
    },
  };
}

function refMade({ ref, facts }: PayloadRequest): JsonObject {
  const type = ref.startsWith('refs/tags/') ? 'tag' : 'branch';
  const name = ref.replace(/^refs\/(tags|heads)\//, '');
  return { ref: name, ref_type: type, master_branch: facts.defaultBranch, pusher_type: 'user' };
}

function mergeGroup({ facts, ref }: PayloadRequest): JsonObject {
  const { id } = facts.head;
  const base = { base_ref: `refs/heads/${facts.base.branch}`, base_sha: facts.base.commit };
  return { merge_group: { head_ref: ref, head_sha: id, ...base, head_commit: commitOf(facts, facts.head) } };
}

function workflowRun({ facts }: PayloadRequest): JsonObject {
  return {
    workflow_run: {
      id: NUMBER,
      event: 'push',
      status: 'completed',
      conclusion: 'success',
      head_branch: facts.branch ?? facts.defaultBranch,
      head_sha: facts.head.id,
      head_commit: commitOf(facts, facts.head),
    },
  };
}

function issueOf(facts: RepositoryFacts): JsonObject {
  const user = userOf(facts.actor);
  const html = `${urlOf(facts)}/issues/${NUMBER}`;
  return { id: NUMBER, number: NUMBER, title: '', body: '', state: 'open', user, labels: [], html_url: html };
}

function commentOf(facts: RepositoryFacts): JsonObject {
  return { id: NUMBER, body: '', user: userOf(facts.actor), author_association: 'OWNER' };
}

function commitOf(
  facts: RepositoryFacts,
  { id, tree, message, timestamp, author, committer }: CommitFacts,
): JsonObject {
  return {
    id,
    tree_id: tree,
    distinct: true,
    message,
    timestamp,
    url: `${urlOf(facts)}/commit/${id}`,
    author: { ...author },
    committer: { ...committer },
  };
}

function repositoryOf(facts: RepositoryFacts): JsonObject {
  const url = urlOf(facts);
  const owner = ownerOf(facts);
  return {
    id: NUMBER,
    name: facts.name.slice(owner.length + 1),
    full_name: facts.name,
    private: false,
    fork: false,
    owner: { ...userOf(owner), name: owner },
    default_branch: facts.defaultBranch,
    master_branch: facts.defaultBranch,
    html_url: url,
    url,
    clone_url: `${url}.git`,
    git_url: `${url.replace(/^https/, 'git')}.git`,
    ssh_url: `git@${facts.serverUrl.replace('https://', '')}:${facts.name}.git`,
  };
}

function userOf(login: string): { readonly [key: string]: Json } {
  return { login, id: NUMBER, type: 'User', site_admin: false };
}

function ownerOf({ name }: RepositoryFacts): string {
  return name.split('/')[0] ?? '';
}

function urlOf({ serverUrl, name }: RepositoryFacts): string {
  return `${serverUrl}/${name}`;
}
