/** `orch run` of workflows: from names and an event to a report a run. */
import { requireEngine } from '../../runner/environments/index.ts';
import { containerNeeds, type OpenFrame, openWorkflowFrames, type WorkflowFrames } from '../../runner/jobs/index.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { openTerminal, renderWorkflowList, renderWorkflowPlans, type UiMode } from '../../ui/index.ts';
import { debuggingOf } from '../pause/debugging.ts';
import type { Project } from '../project.ts';
import { parallelism } from '../run/setup.ts';
import { planOf } from '../workflow/compose.ts';
import { executeWorkflow } from '../workflow/execute.ts';
import type { WorkflowOptions } from '../workflow/options.ts';
import { workflowPlanOf } from '../workflow/plan-view.ts';
import { type ReadyWorkflows, readyWorkflows } from '../workflow/ready.ts';

export interface RunWorkflowOptions extends WorkflowOptions {
  readonly operands: readonly string[];
  readonly list?: boolean;
  readonly dryRun?: boolean;
  readonly maxParallel?: string;
  readonly ui?: UiMode;
}

/** Several workflows run one after the other, each with a journal and a summary; the worst exit code is the answer. */
export async function runWorkflows(project: Project, options: RunWorkflowOptions): Promise<number> {
  const open: (frames: WorkflowFrames) => OpenFrame = openWorkflowFrames;
  const maxParallel = parallelism(options.maxParallel, undefined);
  // A list is of what there is, unless an event is asked for.
  const all = options.all ?? (options.list === true && options.event === undefined ? true : undefined);
  const looking = options.list === true;
  const ready = await readyWorkflows(project, options.operands, {
    ...options,
    looking,
    ...(all === undefined ? {} : { all }),
  });
  if (!ready.ok) return ready.error;
  const { runs, settings, incomplete } = ready.value;
  if (looking || options.dryRun === true) return showPlans(ready.value, looking, maxParallel);
  const { root } = project.repository;
  const needs = runs.map(({ resolved }) => containerNeeds(resolved, { images: settings.images, root }));
  await requireEngine(process.env, (await Promise.all(needs)).flat());
  const ui = options.ui === undefined ? {} : { ui: options.ui };
  // A file that is wrong is a run that failed, as on GitHub.
  let worst: number = incomplete ? EXIT.failed : EXIT.success;
  for (const prepared of runs) {
    const debugging = debuggingOf(prepared, { options, settings, maxParallel });
    const execution = { prepared, settings, maxParallel, open, ...ui, ...debugging };
    const { exitCode, stopped } = await executeWorkflow(project, execution);
    worst = worseOf(worst, exitCode);
    if (stopped) break;
  }
  return worst;
}

function showPlans({ runs, settings, incomplete }: ReadyWorkflows, list: boolean, maxParallel: number): number {
  const plans = runs.map((prepared) => workflowPlanOf(prepared, planOf(prepared, settings, { maxParallel })));
  const terminal = openTerminal(process.stdout, process.env);
  process.stdout.write(list ? renderWorkflowList(plans) : renderWorkflowPlans(plans, 'text', terminal));
  return incomplete ? EXIT.badInput : EXIT.success;
}

/** A failure says more than a job that nobody served, and a wish to stop more than either. */
function worseOf(one: number, other: number): number {
  const order: readonly number[] = [EXIT.success, EXIT.incomplete, EXIT.failed, EXIT.paused, EXIT.cancelled];
  return order.indexOf(other) > order.indexOf(one) ? other : one;
}
