/** The event of a run: its name and payload, the ref and commit that it is about, and what triggers are judged by. */
import { isJsonObject, type Json, type JsonObject, type TriggerEvent } from '../../workflow/index.ts';
import type { RepositoryFacts } from './facts.ts';
import { everywhere, makePayload } from './payload.ts';
import type { SourceRun } from './payload-subjects.ts';

export interface EventRequest {
  readonly name: string;
  readonly facts: RepositoryFacts;
  /** A payload of the user's own. */
  readonly payload?: JsonObject;
  readonly inputs: Readonly<Record<string, string>>;
  readonly workflow: string;
  readonly cron?: string;
  /** Activities that the workflow waits for; an event that is made up is one of them. */
  readonly types?: readonly string[];
  /** Of `workflow_run`: the workflow that ran. */
  readonly source?: string;
  /** And its run. */
  readonly sourceRun?: SourceRun;
}

export interface WorkflowEvent {
  readonly name: string;
  readonly payload: JsonObject;
  /** `github.ref`, whole. */
  readonly ref: string;
  /** `github.sha`: the commit that is checked out. */
  readonly sha: string;
  readonly headRef: string;
  readonly baseRef: string;
  readonly trigger: TriggerEvent;
}

const PULL_REQUESTS = ['pull_request', 'pull_request_review', 'pull_request_review_comment', 'pull_request_target'];

export function makeEvent(request: EventRequest): WorkflowEvent {
  const { name, facts } = request;
  const own = request.payload;
  const standing = refOf(request);
  // A file may say no more than what its workflow reads; of whom and where is known anyway.
  const payload =
    own === undefined ? makePayload({ ...request, event: name, ref: standing }) : { ...everywhere(facts), ...own };
  const isRequest = PULL_REQUESTS.includes(name);
  const [headRef, baseRef] = isRequest ? [sideOf(payload, 'head'), sideOf(payload, 'base')] : ['', ''];
  return {
    name,
    payload,
    ref: standing,
    sha: name === 'pull_request_target' ? facts.base.commit : facts.head.id,
    headRef,
    baseRef,
    trigger: triggerOf(request, { payload, ref: standing, baseRef }),
  };
}

function refOf({ name, facts, payload }: EventRequest): string {
  if (name === 'pull_request_target') return `refs/heads/${baseOf(payload) ?? facts.base.branch}`;
  if (PULL_REQUESTS.includes(name)) return `refs/pull/${numberOf(payload)}/merge`;
  const given = payload?.['ref'];
  if (typeof given === 'string' && given.startsWith('refs/')) return given;
  if (facts.branch !== undefined) return `refs/heads/${facts.branch}`;
  // Without branch or tag there is only the commit; GitHub has no such runs, and the default branch is nearest.
  return facts.tag === undefined ? `refs/heads/${facts.defaultBranch}` : `refs/tags/${facts.tag}`;
}

function numberOf(payload: JsonObject | undefined): number {
  const request = payload?.['pull_request'];
  const number = payload?.['number'] ?? (isJsonObject(request) ? request['number'] : undefined);
  return typeof number === 'number' && Number.isInteger(number) ? number : 1;
}

function baseOf(payload: JsonObject | undefined): string | undefined {
  return payload === undefined ? undefined : sideOf(payload, 'base') || undefined;
}

function sideOf(payload: JsonObject, side: 'head' | 'base'): string {
  const ref = at(payload, 'pull_request', side, 'ref');
  return typeof ref === 'string' ? ref : '';
}

function at(value: Json, ...path: readonly string[]): Json | undefined {
  let found: Json | undefined = value;
  for (const key of path) found = isJsonObject(found) ? found[key] : undefined;
  return found;
}

function triggerOf(
  { name, facts, cron }: EventRequest,
  { payload, ref, baseRef }: { readonly payload: JsonObject; readonly ref: string; readonly baseRef: string },
): TriggerEvent {
  const type = at(payload, 'action');
  const subject = at(payload, 'workflow_run', 'name');
  const branch = branchOf(name, payload, baseRef) ?? (name === 'push' ? ref : undefined);
  const paths = PULL_REQUESTS.includes(name) ? facts.requestedPaths : facts.pushedPaths;
  return {
    name,
    ...(typeof type === 'string' ? { type } : {}),
    ...(branch === undefined ? {} : { ref: branch }),
    ...(at(payload, 'deleted') === true ? { deleted: true } : {}),
    ...(paths === undefined ? {} : { changedPaths: paths }),
    ...(typeof subject === 'string' ? { subject } : {}),
    ...(cron === undefined ? {} : { cron }),
  };
}

function branchOf(name: string, payload: JsonObject, baseRef: string): string | undefined {
  if (PULL_REQUESTS.includes(name)) return baseRef;
  if (name === 'workflow_run') return textAt(payload, 'workflow_run', 'head_branch');
  return name === 'merge_group' ? textAt(payload, 'merge_group', 'base_ref')?.replace(/^refs\/heads\//, '') : undefined;
}

function textAt(payload: JsonObject, ...path: readonly string[]): string | undefined {
  const found = at(payload, ...path);
  return typeof found === 'string' ? found : undefined;
}
