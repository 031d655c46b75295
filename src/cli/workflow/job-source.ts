/** What stands around a job: the file that it is written in, and the contexts of who started or called that file. */
import type { JobRequest } from '../../engine/index.ts';
import type { JobSource } from '../../runner/jobs/index.ts';
import type { Masker } from '../../shared/mask.ts';
import type { WorkflowOrigin } from '../../workflow/calls/index.ts';
import { foldCase, hasExpression, type Node, type ScalarNode, scalar, type Workflow } from '../../workflow/index.ts';
import { overlay } from './environments.ts';
import type { WorkflowSettings } from './options.ts';
import type { Prepared } from './prepare.ts';

/** Secrets that a call makes of others are masked from here on. */
export function jobSources(
  { resolved, event, facts, github, inputs }: Prepared,
  { env, vars, secrets, environments }: WorkflowSettings,
  masker: Masker,
): (request: JobRequest) => JobSource {
  return ({ called, leg }) => {
    const { workflow, origin } = called ?? resolved;
    const own = leg.environment === undefined ? undefined : environments.get(foldCase(leg.environment.name));
    const seen = overlay(called?.secrets ?? secrets, own?.secrets);
    for (const secret of Object.values(seen)) masker.add(secret);
    return {
      workflow: ownOf(workflow, env),
      contexts: { github, inputs: called?.inputs ?? inputs, vars: overlay(vars, own?.vars) },
      secrets: seen,
      job: jobContext(origin, { repository: facts.name, ref: event.ref, sha: event.sha }),
      ...selfOf(origin),
    };
  };
}

function ownOf({ env, defaults }: Workflow, given: Readonly<Record<string, string>>): JobSource['workflow'] {
  const all = withEnv(env, given);
  return { ...(all === undefined ? {} : { env: all }), ...(defaults === undefined ? {} : { defaults }) };
}

/** What is not in the repository that runs is fetched again at the commit that its workflow came from. */
function selfOf({ repository, ref = '', sha = ref }: WorkflowOrigin): Pick<JobSource, 'self'> {
  if (repository === undefined) return {};
  const [owner = '', name = ''] = repository.split('/');
  return { self: { kind: 'remote', owner, repository: name, path: '', ref: sha } };
}

/** Names the file that the job is written in, which need not be the one that runs. */
function jobContext(
  { repository, ref = '', sha = ref, name = ref, path }: WorkflowOrigin,
  run: { readonly repository: string; readonly ref: string; readonly sha: string },
): JobSource['job'] {
  const of = repository === undefined ? run : { repository, ref: name, sha };
  return {
    workflow_ref: `${of.repository}/${path}@${of.ref}`,
    workflow_sha: of.sha,
    workflow_repository: of.repository,
    workflow_file_path: path,
  };
}

/**
 * The workflow's own `env` over that of `--env`, so that expressions see both. A value with `${{` in it stays out: it
 * reaches steps as it is, and would be evaluated here. So does all of it when the workflow's is one expression.
 */
export function withEnv(own: Node | undefined, given: Readonly<Record<string, string>>): Node | undefined {
  if (own !== undefined && own.kind !== 'mapping') return own;
  const entries = own?.entries ?? [];
  const known = new Set(entries.map(({ key }) => nameOf(key)));
  const added = Object.entries(given)
    .filter(([name, value]) => !known.has(name.toLowerCase()) && !hasExpression(value) && !hasExpression(name))
    .map(([name, value]) => ({ key: scalar(name), value: scalar(value) }));
  if (added.length === 0) return own;
  return { kind: 'mapping', entries: [...added, ...entries] };
}

/** Two names that differ in letter case alone are one to GitHub's reader. */
function nameOf({ value }: ScalarNode): string {
  return String(value).toLowerCase();
}
