/** `orch plan` of tasks: what would run, in which order, without running it. */

import { EXIT } from '../../shared/exit-codes.ts';
import { openTerminal, type PlanFormat, renderPlan } from '../../ui/index.ts';
import { type LoadOptions, loadProject } from '../load.ts';
import type { Project } from '../project.ts';
import { planView } from '../run/plan-view.ts';
import { parallelism } from '../run/setup.ts';

export async function planTasks(
  project: Project,
  { format, ...options }: LoadOptions & { readonly format: PlanFormat },
): Promise<number> {
  const loaded = loadProject(project, options);
  if (loaded === undefined) return EXIT.badInput;
  const { config } = loaded;
  const view = planView(config, { maxParallel: parallelism(undefined, config.maxParallel), base: config.base });
  process.stdout.write(renderPlan(view, format, openTerminal(process.stdout, process.env)));
  return EXIT.success;
}
