/** The `github` context of a workflow run, as far as it does not depend on the job or step. */

import type { JsonObject } from '../../workflow/index.ts';
import type { WorkflowEvent } from './event.ts';
import type { RepositoryFacts } from './facts.ts';
import type { WorkflowSettings } from './options.ts';
import type { ReadWorkflow } from './read-workflows.ts';
import { workflowName } from './run-title.ts';

export interface GithubFacts {
  readonly facts: RepositoryFacts;
  readonly event: WorkflowEvent;
  /** The run's id as orch names it. */
  readonly run: string;
  /** What the workflow is called: its name, or its path. */
  readonly workflow: string;
  /** The file, relative to the repository's root. */
  readonly path: string;
  readonly token: string;
}

/** What does not depend on the event. */
export function aboutRun(
  file: ReadWorkflow,
  { run, facts, settings }: Pick<GithubFacts, 'run' | 'facts'> & { readonly settings: WorkflowSettings },
): Omit<GithubFacts, 'event'> {
  return { facts, run, path: file.path, workflow: workflowName(file), token: tokenOf(settings) };
}

function tokenOf({ secrets }: WorkflowSettings): string {
  return Object.entries(secrets).find(([name]) => name.toUpperCase() === 'GITHUB_TOKEN')?.[1] ?? '';
}

export function githubJson({ facts, event, run, workflow, path, token }: GithubFacts): JsonObject {
  const { name, serverUrl, actor } = facts;
  const isTag = event.ref.startsWith('refs/tags/');
  const api = serverUrl === 'https://github.com' ? 'https://api.github.com' : `${serverUrl}/api/v3`;
  return {
    token,
    job: '',
    ref: event.ref,
    sha: event.sha,
    repository: name,
    repository_owner: name.split('/')[0] ?? '',
    repository_id: '1',
    repository_owner_id: '1',
    repositoryUrl: `${serverUrl.replace(/^https/, 'git')}/${name}.git`,
    run_id: runNumber(run),
    run_number: '1',
    run_attempt: '1',
    retention_days: '90',
    actor,
    actor_id: '1',
    triggering_actor: actor,
    workflow,
    workflow_ref: `${name}/${path}@${event.ref}`,
    workflow_sha: event.sha,
    head_ref: event.headRef,
    base_ref: event.baseRef,
    event_name: event.name,
    event: event.payload,
    server_url: serverUrl,
    api_url: api,
    graphql_url: serverUrl === 'https://github.com' ? `${api}/graphql` : `${serverUrl}/api/graphql`,
    ref_name: event.ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    ref_protected: false,
    ref_type: isTag ? 'tag' : 'branch',
    secret_source: 'Actions',
  };
}

/**
 * GitHub's ids are numbers, and so they come in payloads and are read by clients. Expressions write a number with 15
 * digits: the time of the run, without its century, and three more.
 */
export function runNumber(run: string): string {
  const time = run.replace(/\D/g, '').slice(2, 14);
  const rest = Number.parseInt(run.slice(-4), 36);
  return `${time}${String(rest % 1000).padStart(3, '0')}`;
}
