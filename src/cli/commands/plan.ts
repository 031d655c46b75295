/** `orch plan` of tasks: what would run, in which order, without running it. */

import { resolveCommit } from '../../runner/workspaces/index.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { openTerminal, type PlanFormat, renderPlan } from '../../ui/index.ts';
import { type ApprovalStanding, standingForRun, standingOfRecord } from '../approval/standing.ts';
import { type Loaded, type LoadOptions, loadProject } from '../load.ts';
import type { Project } from '../project.ts';
import { jobsBeforeGate } from '../run/approval.ts';
import { hashDefinitions } from '../run/definitions.ts';
import { planView } from '../run/plan-view.ts';
import { parallelism } from '../run/setup.ts';

export async function planTasks(
  project: Project,
  { format, ...options }: LoadOptions & { readonly format: PlanFormat },
): Promise<number> {
  const loaded = loadProject(project, options);
  if (loaded === undefined) return EXIT.badInput;
  const { config } = loaded;
  const maxParallel = parallelism(undefined, config.maxParallel);
  const view = planView(config, { maxParallel, base: config.base, standing: await standingOf(project, loaded) });
  process.stdout.write(renderPlan(view, format, openTerminal(process.stdout, process.env)));
  return EXIT.success;
}

/** As a run that starts now would find it. A plan needs no commit to start from: without one the record speaks alone. */
async function standingOf(project: Project, loaded: Loaded): Promise<ApprovalStanding | undefined> {
  const { repository } = project;
  const jobs = jobsBeforeGate(loaded.config);
  if (jobs === undefined) return undefined;
  const base = await resolveCommit(repository, loaded.config.base);
  if (!base.ok) return standingOfRecord(project);
  return standingForRun(project, { jobs, base: base.value, definitions: hashDefinitions(loaded, repository.root) });
}
