/** The first event of a workflow run: what it is, and on what. */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Plan, RunStarted } from '../../engine/index.ts';
import type { Project } from '../project.ts';
import { commandLine } from '../run/header.ts';
import { VERSION } from '../version.ts';
import { type Prepared, titleOf } from './prepare.ts';

export function workflowHeader({ repository }: Project, prepared: Prepared, plan: Plan): RunStarted {
  const { run, file, event, tree, resolved } = prepared;
  const uncommitted = tree.uncommitted && event.sha === tree.commit;
  return {
    type: 'run.started',
    run,
    kind: 'workflow',
    name: titleOf(file),
    orch: VERSION,
    file: file.path,
    base: { commit: event.sha, ref: uncommitted ? 'the working tree' : event.ref, uncommitted },
    command: commandLine(process.argv.slice(2)),
    host: {
      node: process.versions.node,
      git: repository.gitVersion,
      platform: `${process.platform}-${process.arch}`,
      cpus: availableParallelism(),
    },
    policy: { maxParallel: plan.policy.maxParallel, onFailure: plan.policy.onFailure },
    jobs: resolved.workflow.jobs.map((job) => ({
      id: job.id,
      needs: job.needs,
      definition: createHash('sha256').update(JSON.stringify(job)).digest('hex'),
    })),
  };
}
