/** What GitHub needs for a framework review beyond its jobs: what starts it, for which runs, and the way to their journals. */
import { type ActionStep, type MappingNode, mapping, scalar, sequence } from '../../workflow/index.ts';
import type { Config, FrameworkReview } from '../config.ts';
import { taskActionOf } from '../translate/actions.ts';
import type { TaskJob } from '../translate/job.ts';

/** Started by hand, it is told the run. */
const RUN_INPUT = 'run';

/**
 * By the end of the main workflow; with `after: never` by hand. A fork's run is left out: what is in its journal was
 * written by strangers, and the review has the secrets of the repository.
 */
export function reviewTriggers({ name }: Pick<Config, 'name'>, { after }: FrameworkReview): MappingNode {
  if (after !== 'never')
    return mapping({
      workflow_run: mapping({ workflows: sequence([scalar(name)]), types: sequence([scalar('completed')]) }),
    });
  const run = mapping({
    description: scalar('The id of the run that is reviewed, as its address has it'),
    type: scalar('string'),
    required: scalar(true),
  });
  return mapping({ workflow_dispatch: mapping({ inputs: mapping({ [RUN_INPUT]: run }) }) });
}

export function reviewJob(job: TaskJob, { after }: FrameworkReview): TaskJob {
  const steps = job.steps.map((step) => (taskActionOf(step.uses) === 'digest-run' ? withToken(step, after) : step));
  const permissions = mapping({ contents: scalar('read'), actions: scalar('read') });
  return { ...job, ...(after === 'never' ? {} : { if: scalar(CONDITIONS[after]) }), permissions, steps };
}

const OWN = 'github.event.workflow_run.head_repository.full_name == github.repository';
const CONDITIONS = {
  always: OWN,
  failure: `${OWN} && github.event.workflow_run.conclusion != 'success'`,
} as const;

function withToken(step: ActionStep, after: FrameworkReview['after']): ActionStep {
  const own = step.with?.kind === 'mapping' ? step.with : mapping({});
  const given = after === 'never' ? mapping({ run: scalar(`\${{ inputs.${RUN_INPUT} }}`) }) : own;
  const { entries } = mapping({ token: scalar('${{ github.token }}') });
  return { ...step, with: { kind: 'mapping', entries: [...given.entries, ...entries] } };
}
