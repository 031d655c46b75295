/** The `github` context of a run of tasks: what is true of this repository here, under GitHub's names. */

import type { GitRepository } from '../../runner/workspaces/index.ts';
import type { JsonObject } from '../../workflow/index.ts';
import { userName } from '../user-name.ts';

export interface ContextFacts {
  readonly run: string;
  readonly workflow: string;
  readonly base: string;
  /** Of the run whose end started this one; otherwise somebody has started it. */
  readonly event?: JsonObject | undefined;
}

export function githubContext(
  { head, remoteUrl, root }: GitRepository,
  { run, workflow, base, event }: ContextFacts,
): JsonObject {
  const repository = nameFrom(remoteUrl) ?? `local/${root.split('/').at(-1) ?? 'repository'}`;
  const ref = head.branch === undefined ? '' : `refs/heads/${head.branch}`;
  const actor = userName();
  return {
    actor,
    triggering_actor: actor,
    event_name: event === undefined ? 'workflow_dispatch' : 'workflow_run',
    event: event ?? {},
    ref,
    ref_name: head.branch ?? '',
    ref_type: 'branch',
    repository,
    repository_owner: repository.split('/')[0] ?? '',
    run_id: run,
    run_attempt: '1',
    run_number: '1',
    server_url: 'https://github.com',
    sha: base,
    workflow,
  };
}

/** `owner/name` of a URL such as git@host:owner/name.git or https://host/owner/name. */
function nameFrom(url: string | undefined): string | undefined {
  return /[:/]([^/:]+\/[^/:]+?)(?:\.git)?\/?$/.exec(url ?? '')?.[1];
}
