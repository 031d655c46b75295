/** `orch plan`: what would run, of tasks or of workflows, without running it. */
import { availableParallelism } from 'node:os';
import { EXIT } from '../../shared/exit-codes.ts';
import { openTerminal, type PlanFormat, renderWorkflowPlans } from '../../ui/index.ts';
import type { LoadOptions } from '../load.ts';
import { type Project, withProject } from '../project.ts';
import type { WorkflowOptions } from '../workflow/options.ts';
import { whatIsMeant } from '../workflow/what-is-meant.ts';
import { planTasks } from './plan.ts';

export interface PlanOptions extends LoadOptions, WorkflowOptions {
  readonly files: readonly string[];
  readonly format: PlanFormat;
}

export async function planFiles({ files, ...options }: PlanOptions): Promise<number> {
  return withProject(async (project) => {
    const meant = whatIsMeant(project, files, options);
    if (meant.kind === 'workflows') return planWorkflows(project, meant.operands, options);
    return planTasks(project, { ...options, ...(meant.config === undefined ? {} : { config: meant.config }) });
  });
}

async function planWorkflows(
  project: Project,
  operands: readonly string[],
  options: Omit<PlanOptions, 'files'>,
): Promise<number> {
  // The wiring of runs is loaded for workflows alone.
  const [{ readyWorkflows }, { planOf }, { workflowPlanOf }] = await Promise.all([
    import('../workflow/ready.ts'),
    import('../workflow/compose.ts'),
    import('../workflow/plan-view.ts'),
  ]);
  const ready = await readyWorkflows(project, operands, { ...options, looking: true });
  if (!ready.ok) return ready.error;
  const { runs, settings, incomplete } = ready.value;
  const plans = runs.map((prepared) =>
    workflowPlanOf(prepared, planOf(prepared, settings, { maxParallel: availableParallelism() })),
  );
  process.stdout.write(renderWorkflowPlans(plans, options.format, openTerminal(process.stdout, process.env)));
  return incomplete ? EXIT.badInput : EXIT.success;
}
