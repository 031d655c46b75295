/** `orch run`: tasks or workflows, as what is named says. */
import { withProject } from '../project.ts';
import { whatIsMeant } from '../workflow/what-is-meant.ts';
import { type RunCommandOptions, run } from './run.ts';
import type { RunWorkflowOptions } from './run-workflow.ts';

export interface RunFilesOptions
  extends RunCommandOptions,
    Omit<RunWorkflowOptions, 'operands' | keyof RunCommandOptions> {
  readonly files: readonly string[];
}

export async function runFiles({ files, ...options }: RunFilesOptions): Promise<number> {
  return withProject(async (project) => {
    const meant = whatIsMeant(project, files, options);
    if (meant.kind === 'tasks')
      return run(project, { ...options, ...(meant.config === undefined ? {} : { config: meant.config }) });
    const { runWorkflows } = await import('./run-workflow.ts');
    return runWorkflows(project, { ...options, operands: meant.operands });
  });
}
