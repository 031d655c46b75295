/** The gate of a migration on GitHub: held back for the reviewers of an environment, and failing where nobody is asked. */
import { type ActionStep, mapping, type StepsJob, scalar } from '../../workflow/index.ts';
import type { Config } from '../config.ts';
import { GATE } from '../pipelines/migration/index.ts';
import { type ActionSource, usesOf } from '../translate/actions.ts';
import { literal } from '../translate/literal.ts';

/** Another job than the gate stays as it is. */
export function withApproval(job: StepsJob, migration: Config['migration'], actions: ActionSource): StepsJob {
  if (migration === undefined || job.id !== GATE) return job;
  const [checkout, ...rest] = job.steps;
  if (checkout === undefined) return job;
  const environment = scalar(literal(migration.environment));
  const asking: ActionStep = {
    kind: 'action',
    uses: usesOf('await-approval', actions),
    with: mapping({ environment }),
  };
  // The token of the job asks who has reviewed the run.
  const permissions =
    job.permissions?.kind === 'mapping' ? job.permissions.entries : mapping({ contents: scalar('read') }).entries;
  return {
    ...job,
    environment,
    permissions: { kind: 'mapping', entries: [...mapping({ actions: scalar('read') }).entries, ...permissions] },
    steps: [checkout, asking, ...rest],
  };
}
