/** Payloads of events, made up from the repository as it is, with the fields that workflows read. */
import type { JsonObject } from '../../workflow/index.ts';
import type { RepositoryFacts } from './facts.ts';
import { commitOf, repositoryOf, urlOf, userOf } from './payload-parts.ts';
import { chooseActivity, type SourceRun, subjectOf } from './payload-subjects.ts';

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
  /** Of `workflow_run`: the workflow that ran. */
  readonly source?: string;
  /** And its run. */
  readonly sourceRun?: SourceRun;
}

const ZERO = /[0-9a-f]/g;

export function makePayload(request: PayloadRequest): JsonObject {
  const action = chooseActivity(request.event, request.types ?? []);
  return {
    ...(action === undefined ? {} : { action }),
    ...OF_EVENT[request.event]?.(request),
    ...subjectOf({ ...request, action }),
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
  workflow_dispatch: ({ inputs, ref, workflow }) => ({ inputs, ref, workflow }),
  schedule: ({ cron }) => ({ schedule: cron ?? '' }),
  repository_dispatch: ({ facts }) => ({ branch: facts.defaultBranch, client_payload: {} }),
  create: refMade,
  delete: refMade,
  merge_group: mergeGroup,
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
    compare: `${urlOf(facts)}/compare/${comparison(facts)}`,
    commits,
    head_commit: commitOf(facts, facts.head),
    pusher: { name: facts.actor, email: facts.head.committer.email },
  };
}

/** A tag that is pushed brings no commits, and is compared with nothing. */
function comparison({ tag, before, head: { id } }: RepositoryFacts): string {
  return tag ?? `${(before ?? id).slice(0, 12)}...${id.slice(0, 12)}`;
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
