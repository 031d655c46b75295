/** The workflow that GitHub is given for a config: the translated one, with what only GitHub needs. */
import { err, ok, type Result } from '../../shared/result.ts';
import { type Job, mapping, type Node, scalar, sequence, type Workflow } from '../../workflow/index.ts';
import type { Config } from '../config.ts';
import { type ActionSource, CHECKOUT, usesOf } from '../translate/actions.ts';
import { translate } from '../translate/translate.ts';
import { withEvents } from './events.ts';

export interface ExportOptions {
  readonly actions: ActionSource;
  /** Events as `--event` takes them. */
  readonly events: readonly string[];
  /** Labels that a runner has to have. */
  readonly runsOn: readonly string[];
}

/** The job that tells of the run. */
const SUMMARY = 'summary';

/** The error is a sentence about the options. */
export function exportWorkflow(config: Config, options: ExportOptions): Result<Workflow, string> {
  const { workflow } = translate(config, { actions: options.actions });
  const on = withEvents(workflow.on, options.events);
  if (!on.ok) return on;
  const [label, ...more] = options.runsOn;
  if (label === undefined) return err('--runs-on wants a label');
  const runsOn: Node = more.length === 0 ? scalar(label) : sequence(options.runsOn.map(scalar));
  const jobs = workflow.jobs.map((job): Job => ({ ...job, runsOn }));
  return ok({
    ...workflow,
    on: on.value,
    // A newer push waits for the run before it: what that has done is not thrown away.
    concurrency: mapping({ group: scalar('${{ github.workflow }}-${{ github.ref }}') }),
    jobs: [...jobs, summaryJob(jobs, runsOn, options.actions)],
  });
}

function summaryJob(jobs: readonly Job[], runsOn: Node, actions: ActionSource): Job {
  return {
    kind: 'steps',
    id: freeId(jobs),
    needs: jobs.map(({ id }) => id),
    if: scalar('always()'),
    runsOn,
    timeoutMinutes: scalar(10),
    steps: [
      { kind: 'action', uses: CHECKOUT, with: mapping({ 'persist-credentials': scalar(false) }) },
      {
        kind: 'action',
        uses: usesOf('summarize-tasks', actions),
        with: mapping({ needs: scalar('${{ toJSON(needs) }}') }),
      },
    ],
  };
}

/** Ids are one without regard to case. */
function freeId(jobs: readonly Job[]): string {
  const taken = new Set(jobs.map(({ id }) => id.toLowerCase()));
  let id = SUMMARY;
  while (taken.has(id)) id = `${id}-of-run`;
  return id;
}
