/** What an activity is about (a pull request, an issue, a release), in the state that the activity leaves it in. */
import type { Json, JsonObject } from '../../workflow/index.ts';
import type { RepositoryFacts } from './facts.ts';
import { commitOf, NUMBER, ownerOf, repositoryOf, urlOf, userOf } from './payload-parts.ts';

/** The activity that each event has when nobody says; the first of those that start a workflow by default. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  pull_request_target: ['opened', 'synchronize', 'reopened'],
  pull_request_review: ['submitted'],
  pull_request_review_comment: ['created'],
  issues: ['opened'],
  issue_comment: ['created'],
  release: ['published', 'released'],
  check_run: ['completed'],
  check_suite: ['completed'],
  discussion: ['created'],
  discussion_comment: ['created'],
  label: ['created'],
  milestone: ['created'],
  merge_group: ['checks_requested'],
  registry_package: ['published'],
  repository_dispatch: ['orch'],
  watch: ['started'],
  workflow_run: ['completed'],
};

/** The usual one where `types` has it, else the first of them; undefined for an event without activities. */
export function chooseActivity(event: string, types: readonly string[]): string | undefined {
  const usual = USUAL[event];
  if (usual === undefined || types.length === 0) return usual?.[0];
  return usual.find((activity) => types.includes(activity)) ?? types[0];
}

export interface SubjectRequest {
  readonly event: string;
  readonly facts: RepositoryFacts;
  /** The ref that the event is about, whole. */
  readonly ref: string;
  readonly action: string | undefined;
  /** Of `workflow_run`: the workflow that ran. */
  readonly source?: string;
  readonly sourceRun?: SourceRun;
}

/** A run that an event is about. */
export interface SourceRun {
  readonly id: number;
  readonly conclusion: string;
}

/** Nothing for an event that is about nothing but the repository. */
export function subjectOf(request: SubjectRequest): JsonObject {
  return OF_EVENT[request.event]?.(request) ?? {};
}

type Part = (request: SubjectRequest) => JsonObject;

const OF_EVENT: Readonly<Record<string, Part>> = {
  pull_request: pullRequest,
  pull_request_target: pullRequest,
  pull_request_review: (request) => ({ ...standingPullRequest(request), review: reviewOf(request) }),
  pull_request_review_comment: (request) => ({ ...standingPullRequest(request), comment: commentOf(request.facts) }),
  issues: (request) => ({ issue: issueOf(request), ...besides(request) }),
  issue_comment: ({ facts, ...request }) => ({
    issue: issueOf({ ...request, facts, action: undefined }),
    comment: commentOf(facts),
  }),
  release: (request) => ({ release: releaseOf(request) }),
  workflow_run: (request) => ({ workflow_run: workflowRunOf(request) }),
  check_run: ({ facts, action }) => ({ check_run: { name: 'orch', ...checkOf(facts, action) } }),
  check_suite: ({ facts, action }) => ({ check_suite: checkOf(facts, action) }),
  deployment: ({ facts }) => ({ deployment: deploymentOf(facts) }),
  deployment_status: ({ facts }) => ({
    deployment: deploymentOf(facts),
    deployment_status: { id: NUMBER, state: 'success', environment: PLACE, environment_url: '', description: '' },
  }),
  discussion: ({ facts }) => ({ discussion: discussionOf(facts) }),
  discussion_comment: ({ facts }) => ({ discussion: discussionOf(facts), comment: commentOf(facts) }),
  label: () => ({ label: LABEL }),
  milestone: ({ action }) => ({ milestone: milestoneOf(action) }),
};

const LABEL = { id: NUMBER, name: 'label', color: 'ededed', default: false, description: null };
/** The environment of what was deployed. */
const PLACE = 'production';

/** Activities that leave the subject closed. */
const CLOSING: readonly (string | undefined)[] = ['closed', 'transferred'];

function pullRequest(request: SubjectRequest): JsonObject {
  const { facts, action } = request;
  const [title = '', ...body] = facts.head.message.split('\n');
  const closed = CLOSING.includes(action);
  const merged = closed && facts.isMerged;
  const closedAt = closed ? facts.head.timestamp : null;
  const head = facts.branch ?? facts.tag ?? facts.head.id.slice(0, 7);
  return {
    number: NUMBER,
    pull_request: {
      id: NUMBER,
      number: NUMBER,
      state: closed ? 'closed' : 'open',
      locked: action === 'locked',
      draft: action === 'converted_to_draft',
      merged,
      merged_at: merged ? closedAt : null,
      merged_by: merged ? userOf(facts.actor) : null,
      closed_at: closedAt,
      title,
      body: body.join('\n').trim() || null,
      user: userOf(facts.actor),
      html_url: `${urlOf(facts)}/pull/${NUMBER}`,
      ...attachedTo(request),
      requested_reviewers: action === 'review_requested' ? [userOf(facts.actor)] : [],
      author_association: 'OWNER',
      commits: facts.commits.length,
      head: side(facts, head, facts.head.id),
      base: side(facts, facts.base.branch, facts.base.commit),
      merge_commit_sha: facts.head.id,
    },
    ...besides(request),
  };
}

/** A review or a comment leaves it as it is. */
function standingPullRequest(request: SubjectRequest): JsonObject {
  return pullRequest({ ...request, action: undefined });
}

function side(facts: RepositoryFacts, ref: string, sha: string): JsonObject {
  const owner = ownerOf(facts);
  return { ref, sha, label: `${owner}:${ref}`, user: userOf(owner), repo: repositoryOf(facts) };
}

function issueOf(request: SubjectRequest): JsonObject {
  const { facts, action } = request;
  const closed = CLOSING.includes(action);
  return {
    id: NUMBER,
    number: NUMBER,
    title: '',
    body: '',
    state: closed ? 'closed' : 'open',
    state_reason: closed ? 'completed' : action === 'reopened' ? 'reopened' : null,
    closed_at: closed ? facts.head.timestamp : null,
    locked: action === 'locked',
    user: userOf(facts.actor),
    ...attachedTo(request),
    html_url: `${urlOf(facts)}/issues/${NUMBER}`,
  };
}

function attachedTo({ facts, action }: SubjectRequest): JsonObject {
  return {
    labels: action === 'labeled' ? [LABEL] : [],
    assignees: action === 'assigned' ? [userOf(facts.actor)] : [],
    assignee: action === 'assigned' ? userOf(facts.actor) : null,
    milestone: action === 'milestoned' ? milestoneOf(undefined) : null,
  };
}

/** What an activity names beside its subject. */
function besides({ facts, action = '' }: SubjectRequest): JsonObject {
  const user = userOf(facts.actor);
  const named: readonly (readonly [readonly string[], JsonObject])[] = [
    [['labeled', 'unlabeled'], { label: LABEL }],
    [['assigned', 'unassigned'], { assignee: user }],
    [['milestoned', 'demilestoned'], { milestone: milestoneOf(undefined) }],
    [['review_requested', 'review_request_removed'], { requested_reviewer: user }],
    [['synchronize'], { before: facts.before ?? facts.base.commit, after: facts.head.id }],
    [['edited'], { changes: {} }],
  ];
  return named.find(([activities]) => activities.includes(action))?.[1] ?? {};
}

function reviewOf({ facts, action }: SubjectRequest): JsonObject {
  const state = action === 'dismissed' ? 'dismissed' : 'commented';
  return { id: NUMBER, state, body: '', commit_id: facts.head.id, user: userOf(facts.actor) };
}

function releaseOf({ facts, ref, action }: SubjectRequest): JsonObject {
  const tag = ref.replace(/^refs\/(tags|heads)\//, '');
  const draft = action === 'unpublished';
  return {
    id: NUMBER,
    tag_name: tag,
    name: tag,
    target_commitish: facts.defaultBranch,
    draft,
    prerelease: action === 'prereleased',
    published_at: draft ? null : facts.head.timestamp,
    body: '',
    html_url: `${urlOf(facts)}/releases/tag/${tag}`,
    author: userOf(facts.actor),
    assets: [],
  };
}

function workflowRunOf({ facts, action, source, sourceRun }: SubjectRequest): JsonObject {
  const id = sourceRun?.id ?? NUMBER;
  const ended = action === 'completed' && sourceRun !== undefined ? { conclusion: sourceRun.conclusion } : {};
  return {
    id,
    ...(source === undefined ? {} : { name: source }),
    event: 'push',
    ...progressOf(action),
    ...ended,
    run_number: NUMBER,
    run_attempt: 1,
    head_branch: facts.branch ?? facts.defaultBranch,
    head_sha: facts.head.id,
    head_commit: commitOf(facts, facts.head),
    head_repository: repositoryOf(facts),
    pull_requests: [],
    actor: userOf(facts.actor),
    html_url: `${urlOf(facts)}/actions/runs/${id}`,
  };
}

function checkOf(facts: RepositoryFacts, action: string | undefined): JsonObject {
  const branch = facts.branch ?? facts.defaultBranch;
  return { id: NUMBER, ...progressOf(action), head_branch: branch, head_sha: facts.head.id, pull_requests: [] };
}

function progressOf(action: string | undefined): { readonly status: Json; readonly conclusion: Json } {
  if (action === 'completed') return { status: 'completed', conclusion: 'success' };
  return { status: action === 'in_progress' ? 'in_progress' : 'queued', conclusion: null };
}

function deploymentOf(facts: RepositoryFacts): JsonObject {
  const ref = facts.branch ?? facts.tag ?? facts.defaultBranch;
  return { id: NUMBER, sha: facts.head.id, ref, task: 'deploy', environment: PLACE, payload: {} };
}

function discussionOf(facts: RepositoryFacts): JsonObject {
  const html = `${urlOf(facts)}/discussions/${NUMBER}`;
  return { id: NUMBER, number: NUMBER, title: '', body: '', user: userOf(facts.actor), html_url: html };
}

function milestoneOf(action: string | undefined): JsonObject {
  return { id: NUMBER, number: NUMBER, title: 'milestone', state: action === 'closed' ? 'closed' : 'open' };
}

function commentOf(facts: RepositoryFacts): JsonObject {
  return { id: NUMBER, body: '', user: userOf(facts.actor), author_association: 'OWNER' };
}
