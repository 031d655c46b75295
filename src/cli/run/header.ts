/** The first event of a run of tasks: what it is, and on what. */
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import type { RunStarted } from '../../engine/index.ts';
import type { Config, Task } from '../../orchestrator/index.ts';
import type { Loaded } from '../load.ts';
import type { Project } from '../project.ts';
import { VERSION } from '../version.ts';
import { checksOf } from './plan-view.ts';
import { rerunWords } from './rerun-words.ts';
import type { RunOptions, RunSetup } from './setup.ts';

export function headerOf({
  project,
  loaded,
  setup,
  options,
}: {
  readonly project: Project;
  readonly loaded: Loaded;
  readonly setup: RunSetup;
  readonly options: RunOptions;
}): RunStarted {
  const { config } = loaded;
  const provisional = findProvisional(config);
  return {
    type: 'run.started',
    run: setup.run,
    kind: 'tasks',
    name: config.name,
    orch: VERSION,
    file: relative(project.repository.root, loaded.file) || loaded.file,
    base: setup.base,
    command: commandLine(process.argv.slice(2)),
    rerunWith: rerunWords(options, project.repository.root),
    host: {
      node: process.versions.node,
      git: project.repository.gitVersion,
      platform: `${process.platform}-${process.arch}`,
      cpus: availableParallelism(),
    },
    policy: { maxParallel: setup.plan.policy.maxParallel, onFailure: setup.plan.policy.onFailure },
    ...(setup.earlier === undefined ? {} : { rerunOf: setup.earlier.run }),
    ...(setup.approval?.given === undefined ? {} : { approval: setup.approval.given }),
    jobs: config.tasks.map((task) => ({
      id: task.name,
      needs: task.dependsOn,
      definition: setup.definitions.get(task.name) ?? '',
      checks: checksOf(task),
      ...(task.description === undefined ? {} : { description: task.description }),
      ...(provisional.has(task) ? { provisional: true } : {}),
    })),
  };
}

/** The jobs of reviews, without those that pass on what was approved. */
function findProvisional({ tasks }: Config): ReadonlySet<Task> {
  const reviewed = new Set(tasks.flatMap(({ partOf, shape }) => (shape?.action === undefined ? [] : [partOf])));
  return new Set(tasks.filter((task) => task.shape?.action === undefined && reviewed.has(task.partOf ?? task.name)));
}

/** As it was typed, without the values of secrets. */
export function commandLine(argv: readonly string[]): readonly string[] {
  return argv.map((word, index) => {
    const before = argv[index - 1];
    const alone = before === '--secret' || before === '-s';
    return word.replace(alone ? /^()([^=]+)=.*/s : /^(--secret=|-s)([^=]+)=.*/s, '$1$2=***');
  });
}
