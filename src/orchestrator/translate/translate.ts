/** From a config to GitHub's workflow model and what only this machine decides. */
import type { Diagnostic } from '../../shared/diagnostic.ts';
import { mapping, scalar, type Workflow } from '../../workflow/index.ts';
import type { Config } from '../config.ts';
import type { ActionSource } from './actions.ts';
import { definitionOf } from './definitions.ts';
import { exportNotes } from './export-notes.ts';
import { type TaskJob, translateTask } from './job.ts';
import { type LocalPolicy, policyOf } from './policy.ts';
import { triggersOf } from './triggers.ts';

export interface TranslateOptions {
  /** Where the actions of the steps are found; copied into the repository unless said otherwise. */
  readonly actions?: ActionSource;
}

export interface TaskWorkflow extends Workflow {
  readonly jobs: readonly TaskJob[];
}

export interface Translation {
  readonly workflow: TaskWorkflow;
  readonly policy: LocalPolicy;
  /** What GitHub would do differently. They concern an export; a run on this machine may ignore them. */
  readonly diagnostics: readonly Diagnostic[];
  /** By job id: canonical JSON of all that decides what the job does, to be hashed. */
  readonly definitions: ReadonlyMap<string, string>;
}

export function translate(config: Config, options: TranslateOptions = {}): Translation {
  const source = options.actions ?? { kind: 'vendored' };
  const jobs = config.tasks.map((task) => translateTask(task, config, source));
  return {
    workflow: {
      name: scalar(config.name),
      on: triggersOf(config),
      permissions: mapping({ contents: scalar('read') }),
      jobs,
    },
    policy: policyOf(config),
    diagnostics: exportNotes(config),
    definitions: new Map(jobs.map((job) => [job.id, definitionOf(job, config)])),
  };
}
