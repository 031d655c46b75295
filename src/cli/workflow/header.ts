/** The first event of a workflow run: what it is, and on what. */

import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Plan, RunStarted } from '../../engine/index.ts';
import type { Project } from '../project.ts';
import { commandLine } from '../run/header.ts';
import { VERSION } from '../version.ts';
import { workflowMasker } from './masker.ts';
import type { Prepared } from './prepare.ts';
import { workflowName } from './run-title.ts';

export function workflowHeader({ repository }: Project, prepared: Prepared, plan: Plan): RunStarted {
  const { run, file, event, tree, resolved, title } = prepared;
  const uncommitted = tree.changed > 0 && event.sha === tree.commit;
  const name = workflowName(file);
  const masker = workflowMasker(plan.contexts.secrets ?? {});
  return {
    type: 'run.started',
    run,
    kind: 'workflow',
    name,
    ...(title === name ? {} : { title }),
    orch: VERSION,
    file: file.path,
    base: uncommitted
      ? { commit: event.sha, ref: 'the working tree', uncommitted, changed: tree.changed }
      : { commit: event.sha, ref: event.ref, uncommitted },
    command: commandLine(process.argv.slice(2)).map((word) => masker.maskText(word)),
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
