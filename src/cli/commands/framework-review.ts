/** `orch framework-review`: what a main run says of the framework around it, analysed by the command of the file. */
import { EXIT } from '../../shared/exit-codes.ts';
import { openTerminal, renderPlan } from '../../ui/index.ts';
import { loadReview, type ReviewOptions, reviewFramework } from '../framework-review/review.ts';
import { withProject } from '../project.ts';
import { planView } from '../run/plan-view.ts';

export interface FrameworkReviewOptions extends ReviewOptions {
  readonly dryRun?: boolean;
}

export async function frameworkReview({ dryRun, ...options }: FrameworkReviewOptions): Promise<number> {
  if (dryRun !== true) return reviewFramework(options);
  return withProject(async (project) => {
    const loaded = loadReview(project, options);
    if (loaded === undefined) return EXIT.badInput;
    const view = planView(loaded.config, { maxParallel: 1, base: loaded.config.base });
    process.stdout.write(renderPlan(view, 'text', openTerminal(process.stdout, process.env)));
    return EXIT.success;
  });
}
