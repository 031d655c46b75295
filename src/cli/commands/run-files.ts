/** `orch run`: tasks or workflows, as what is named says. */
import { UsageError } from '../explain.ts';
import { type Project, withProject } from '../project.ts';
import { namesWorkflows } from '../workflow/files.ts';
import { type RunCommandOptions, run } from './run.ts';
import type { RunWorkflowOptions } from './run-workflow.ts';

export interface RunFilesOptions
  extends RunCommandOptions,
    Omit<RunWorkflowOptions, 'operands' | keyof RunCommandOptions> {
  readonly files: readonly string[];
}

/** Options that say nothing about tasks: with one of them, and no file, workflows are meant. */
const OF_WORKFLOWS = ['event', 'eventPath', 'all', 'job', 'matrix', 'list', 'env', 'actor', 'platform'] as const;
/** Options that say nothing about workflows. */
const OF_TASKS = ['config', 'only', 'onFailure', 'base', 'rerunFailed'] as const;

export async function runFiles({ files, ...options }: RunFilesOptions): Promise<number> {
  return withProject(async (project) => {
    if (!meansWorkflows(project, files, options)) return runTasks(project, files, options);
    const wrong = OF_TASKS.find((name) => options[name] !== undefined);
    if (wrong !== undefined) throw new UsageError(`${flagOf(wrong)} is for tasks, and these are workflows`);
    const { runWorkflows } = await import('./run-workflow.ts');
    return runWorkflows(project, { ...options, operands: files });
  });
}

type Options = Omit<RunFilesOptions, 'files'>;

function meansWorkflows({ repository }: Project, files: readonly string[], options: Options): boolean {
  if (files.length > 0) return namesWorkflows(repository.root, files);
  return options.config === undefined && OF_WORKFLOWS.some((name) => options[name] !== undefined);
}

function runTasks(project: Project, files: readonly string[], options: Options): Promise<number> {
  const wrong = OF_WORKFLOWS.find((name) => options[name] !== undefined);
  if (wrong !== undefined) throw new UsageError(`${flagOf(wrong)} is for workflows, and this is a file of tasks`);
  const [file, ...more] = files;
  if (more.length > 0) throw new UsageError('one file of tasks runs at a time');
  return run(project, { ...options, ...(file === undefined ? {} : { config: file }) });
}

function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
