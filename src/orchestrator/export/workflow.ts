/** The workflow that GitHub is given for a config: the translated one, with what only GitHub needs. */
import { err, ok, type Result } from '../../shared/result.ts';
import {
  type ActionStep,
  type Job,
  mapping,
  type Node,
  type ScalarNode,
  type StepsJob,
  scalar,
  type Workflow,
} from '../../workflow/index.ts';
import type { Config } from '../config.ts';
import { keyText } from '../nodes.ts';
import { translateFrameworkReview } from '../pipelines/framework-review/framework-review.ts';
import { type ActionSource, CHECKOUT, type TaskActionName, taskActionOf, usesOf } from '../translate/actions.ts';
import type { TaskJob } from '../translate/job.ts';
import { type TaskWorkflow, translate } from '../translate/translate.ts';
import { quote } from '../wording.ts';
import { withApproval } from './approval.ts';
import { withEvents } from './events.ts';
import { reviewJob, reviewTriggers } from './framework-review.ts';
import { runnersOf } from './runners.ts';

/** How the commits of tasks get from job to job. */
export type Transport = 'artifacts' | 'branches';

export interface ExportOptions {
  readonly actions: ActionSource;
  /** Events as `--event` takes them, apart by commas. */
  readonly events: string;
  /** Labels that a runner has to have, and as `group:NAME` the group that it has to be of. */
  readonly runsOn: readonly string[];
  readonly transport: Transport;
}

/** The job that tells of the run. */
const SUMMARY = 'summary';

/** The error is a sentence about the options, or about what GitHub has no words for. */
export function exportWorkflow(config: Config, options: ExportOptions): Result<Workflow, string> {
  const unsayable = findUnsayable(config);
  if (unsayable !== undefined) return err(unsayable);
  const { workflow } = translate(config, { actions: options.actions });
  const on = withEvents(workflow.on, options.events);
  if (!on.ok) return on;
  // A newer push waits for the run before it: what that has done is not thrown away.
  const concurrency = mapping({ group: scalar('${{ github.workflow }}-${{ github.ref }}') });
  const leavesJournal = config.frameworkReview !== undefined;
  const gated = config.migration === undefined ? {} : { migration: config.migration };
  return finished({ ...workflow, on: on.value, concurrency }, { ...options, leavesJournal, ...gated });
}

/** The workflow that reviews the runs of the other one. Undefined for a file without `framework_review`. */
export function exportReview(config: Config, options: ExportOptions): Result<Workflow | undefined, string> {
  const { frameworkReview } = config;
  const review = translateFrameworkReview(config, { actions: options.actions });
  if (review === undefined || frameworkReview === undefined) return ok(undefined);
  const { workflow } = review.translation;
  const jobs = workflow.jobs.map((job) => reviewJob(job, frameworkReview));
  return finished(
    { ...workflow, on: reviewTriggers(config, frameworkReview), jobs },
    { ...options, leavesJournal: false },
  );
}

interface Finishing extends ExportOptions {
  /** For a review of the run, once it is over. */
  readonly leavesJournal: boolean;
  /** Whose gate is held back. */
  readonly migration?: Config['migration'];
}

/** With runners, the way of the commits, and the job that tells of the run. */
function finished(workflow: TaskWorkflow, options: Finishing): Result<Workflow, string> {
  const runners = runnersOf(options.runsOn);
  if (!runners.ok) return runners;
  const runsOn = runners.value;
  const jobs = workflow.jobs.map(
    (job): Job => ({
      ...withApproval(withTransport(job, options.transport), options.migration, options.actions),
      runsOn,
    }),
  );
  return ok({ ...workflow, jobs: [...jobs, summaryJob(jobs, runsOn, options)] });
}

/** Where GitHub takes text and no expressions, `${{` cannot be written at all. */
function findUnsayable({ name, inputs }: Config): string | undefined {
  if (name.includes('${{')) return 'the name of a workflow cannot hold "${{" on GitHub';
  const input = Object.entries(inputs).find(([, value]) => String(value).includes('${{'))?.[0];
  return input === undefined ? undefined : `the default of the input ${quote(input)} cannot hold "\${{" on GitHub`;
}

/** Steps that take commits of other jobs, or leave their own. */
const CARRYING: readonly (TaskActionName | undefined)[] = ['prepare-task', 'conclude-review', 'finish-task'];

/** Only who pushes may write, and only the steps that push and fetch have the token. */
function withTransport(job: TaskJob, transport: Transport): StepsJob {
  if (transport === 'artifacts') return job;
  const inputs = { transport: scalar(transport), token: scalar('${{ github.token }}') };
  const steps = job.steps.map((step) => {
    return CARRYING.includes(taskActionOf(step.uses)) ? withInputs(step, inputs) : step;
  });
  const others = job.permissions?.kind === 'mapping' ? job.permissions.entries : [];
  const { entries } = mapping({ contents: scalar('write') });
  const rest = others.filter(({ key }) => keyText(key) !== 'contents');
  return { ...job, permissions: { kind: 'mapping', entries: [...entries, ...rest] }, steps };
}

function withInputs(step: ActionStep, inputs: Readonly<Record<string, ScalarNode>>): ActionStep {
  const own = step.with?.kind === 'mapping' ? step.with.entries : [];
  return { ...step, with: { kind: 'mapping', entries: [...own, ...mapping(inputs).entries] } };
}

function summaryJob(jobs: readonly Job[], runsOn: Node, { actions, leavesJournal }: Finishing): Job {
  const needs = { needs: scalar('${{ toJSON(needs) }}') };
  const summarize: ActionStep = {
    kind: 'action',
    uses: usesOf('summarize-tasks', actions),
    with: mapping(leavesJournal ? { ...needs, journal: scalar('true') } : needs),
  };
  // The repository is only needed for the copy of the action in it.
  const isRemote = actions.kind === 'repository';
  const checkout: ActionStep = {
    kind: 'action',
    uses: CHECKOUT,
    with: mapping({ 'persist-credentials': scalar(false) }),
  };
  return {
    kind: 'steps',
    id: freeId(jobs),
    needs: jobs.map(({ id }) => id),
    if: scalar('always()'),
    ...(isRemote ? { permissions: mapping({}) } : {}),
    runsOn,
    timeoutMinutes: scalar(10),
    steps: isRemote ? [summarize] : [checkout, summarize],
  };
}

/** Ids are one without regard to case. */
function freeId(jobs: readonly Job[]): string {
  const taken = new Set(jobs.map(({ id }) => id.toLowerCase()));
  let id = SUMMARY;
  while (taken.has(id)) id = `${id}-of-run`;
  return id;
}
