/** The frame of a task's job on this machine: its log, its ports, and the actions that its steps use. */
import { join } from 'node:path';
import type { JobRequest, RunnerEvent } from '../../engine/index.ts';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import type { Clock, Processes, Repository, RunHistory, TaskLog } from '../../tasks/index.ts';
import { createSandboxes, type SandboxesSettings } from '../sandboxes/index.ts';
import { type StepHandler, type TaskActionName, taskActions } from '../steps/index.ts';
import { createTaskFiles, matchGlob, removeTree } from '../workspaces/index.ts';
import type { JobFrame, OpenFrame } from './frame.ts';
import { type LogSettings, openLog } from './open-log.ts';
import type { TaskResults } from './task-results.ts';
import { makeTemporary } from './task-temporary.ts';

export interface TaskFrames extends LogSettings {
  readonly run: string;
  readonly hostEnv: Readonly<Record<string, string>>;
  readonly processes: Processes;
  readonly sandboxes: SandboxesSettings;
  readonly clock: Clock;
  readonly results: TaskResults;
  readonly history: RunHistory;
  readonly checkout: HostPath;
  /** Where the run keeps artifacts, a folder a leg. */
  readonly artifacts: HostPath;
  readonly repositoryFor: (leg: string) => Repository;
  readonly actionOf: (uses: string) => TaskActionName | 'checkout' | undefined;
  /** Told that a task ended, with who else was at it; what it finds changed outside goes to the report. */
  readonly inspect: () => Promise<readonly { readonly code: string; readonly message: string }[]>;
}

export function openTaskFrames(settings: TaskFrames): OpenFrame {
  return async (request, emit) => {
    const { id } = request.leg;
    const { log, lost, close } = await openLog(settings, id);
    const temporary = await makeTemporary(settings.run);
    const action = taskActions({
      hostEnv: settings.hostEnv,
      ports: portsOf(settings, { request, emit, log, temporary }),
    });
    return {
      handlerFor: (step) => (step.kind === 'action' ? handlerFor(settings, action, step.uses) : undefined),
      note: (line) => log.note(`[orch] ${line}`),
      lost,
      close: async () => {
        await removeTree(temporary);
        const names = { job: request.job.id, leg: id };
        for (const warning of await settings.inspect()) emit({ type: 'warning', ...names, ...warning });
        return close();
      },
    } satisfies JobFrame;
  };
}

interface Job {
  readonly request: JobRequest;
  readonly emit: (event: RunnerEvent) => void;
  readonly log: TaskLog;
  readonly temporary: HostPath;
}

function portsOf(
  settings: TaskFrames,
  { request, emit, log, temporary }: Job,
): Parameters<typeof taskActions>[0]['ports'] {
  const { job, leg } = request;
  const names = { job: job.id, leg: leg.id };
  return {
    job: { run: settings.run, ...names },
    repository: settings.repositoryFor(leg.id),
    processes: settings.processes,
    sandboxes: createSandboxes(settings.sandboxes, { leg: leg.id, temporary }),
    clock: settings.clock,
    progress: { report: (event) => emit({ ...event, ...names }) },
    log,
    results: settings.results.forLeg({ job: job.id, index: leg.index }),
    history: settings.history,
    files: createTaskFiles({
      temporary,
      artifacts: hostPath(join(settings.artifacts, leg.id)),
      checkout: settings.checkout,
    }),
    globs: { match: matchGlob },
    random: Math.random,
  };
}

function handlerFor(
  settings: TaskFrames,
  action: (name: TaskActionName) => StepHandler,
  uses: string,
): StepHandler | undefined {
  const name = settings.actionOf(uses);
  if (name === undefined) return undefined;
  // The repository is here already; `prepare-task` makes the working tree, at the commit that the task starts from.
  if (name === 'checkout') return async () => ({ outcome: 'success', outputs: {} });
  return action(name);
}
