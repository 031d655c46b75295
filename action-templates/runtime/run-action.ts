/** An action of a task as a process of its own: inputs from the environment, outcome as the exit code. */
import { appendFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFailed, setOutput, warning } from '@actions/core';
import { createHostEnvironment, systemClock } from '../../src/runner/environments/index.ts';
import { createSandboxes } from '../../src/runner/sandboxes/index.ts';
import {
  createTaskFiles,
  createWorkspaces,
  type GitRepository,
  matchGlob,
  openRepository,
} from '../../src/runner/workspaces/index.ts';
import { type HostPath, hostPath } from '../../src/shared/brand.ts';
import { MachineError } from '../../src/shared/failure.ts';
import type { ActionResult, Results, RunHistory, TaskAction, TaskPorts } from '../../src/tasks/index.ts';
import { openLog } from './log.ts';
import { openMemo } from './memo.ts';
import { type Place, readPlace } from './place.ts';

/** What an action does beyond what a task means. */
export interface Surroundings {
  readonly results: Results;
  /** For the one action that asks for it. */
  readonly history?: RunHistory;
  /** Once the action has ended, well or not. */
  after?(result: ActionResult): Promise<void>;
}

export type Surround = (
  place: Place,
  repository: GitRepository,
  inputs: Readonly<Record<string, string>>,
) => Surroundings;

/** Runs the action to its end. Nothing is thrown: what went wrong is told, and the process exits with 1. */
export async function runAction(action: TaskAction, surround: Surround): Promise<void> {
  try {
    const result = await perform(action, surround);
    for (const [name, value] of Object.entries(result.outputs)) setOutput(name, value);
    if (result.outcome !== 'success') setFailed(sentence(result));
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    setFailed([error.failure.message, error.failure.hint].filter(Boolean).join('\n'));
  }
}

async function perform(action: TaskAction, surround: Surround): Promise<ActionResult> {
  const inputs = readInputs(process.env);
  const place = await readPlace(process.env, inputs);
  const opened = await openRepository(place.workspace);
  if (!opened.ok) {
    const message = opened.error.map((problem) => problem.message).join('; ');
    throw new MachineError({ code: 'environment-lost', message, hint: 'check the repository out before this step' });
  }
  const repository = opened.value;
  const log = openLog(process.stdout);
  try {
    const surroundings = surround(place, repository, inputs);
    const { results, history = NO_HISTORY } = surroundings;
    const ports = portsOf(place, repository, { log, results, history });
    const result = await action({ inputs, env: definedOnly(process.env), memo: openMemo(place.directory) }, ports);
    await surroundings.after?.(result);
    return result;
  } finally {
    log.close();
    for (const message of warnings.splice(0)) warning(message);
    await repository.dispose();
  }
}

const NO_HISTORY: RunHistory = {
  digest: async (run) => ({ code: 'input-invalid', message: `this action knows nothing of run ${run}` }),
};

/** Told when commands are read again. */
const warnings: string[] = [];

function portsOf(
  place: Place,
  repository: GitRepository,
  { log, results, history }: Pick<TaskPorts, 'log' | 'results' | 'history'>,
): TaskPorts {
  const { job, directory, workspace } = place;
  const workspaces = createWorkspaces(repository, {
    base: repository.head.commit,
    root: place.worktrees,
    copy: [],
    link: [],
  });
  const workspaceOfLeg = workspaces.forJob(`orch/${job.run}/${job.leg}`);
  return {
    job,
    repository: workspaceOfLeg,
    processes: createHostEnvironment({ run: job.run }),
    sandboxes: createSandboxes(
      {
        run: job.run,
        env: process.env,
        program: beside('supervisor.mjs'),
        cache: hostPath(join(directory, 'externals')),
        checkout: repository.root,
        gitDir: repository.commonDir,
        own: [hostPath(directory), hostPath(place.worktrees)],
        links: [],
        gitOf: async (_, box) => {
          const tree = await workspaceOfLeg.current();
          if (tree === undefined) throw new Error('a sandbox is made for a task without a working tree');
          return tree.boxGit(box);
        },
      },
      { leg: job.leg, temporary: hostPath(directory) },
    ),
    clock: systemClock,
    progress: {
      report: (event) => {
        if (event.type === 'warning') warnings.push(event.message);
        appendFileSync(join(directory, 'events.jsonl'), `${JSON.stringify({ time: systemClock.time(), ...event })}\n`);
      },
    },
    log,
    results,
    history,
    files: createTaskFiles({
      temporary: hostPath(directory),
      artifacts: hostPath(join(directory, 'artifacts')),
      checkout: hostPath(workspace),
    }),
    globs: { match: matchGlob },
    random: Math.random,
    signal: cancelled(),
  };
}

/** A program of its own, in the action's folder. */
function beside(name: string): HostPath {
  return hostPath(join(dirname(fileURLToPath(import.meta.url)), name));
}

/** A runner asks an action to end with a signal, and ends it itself some seconds later. */
function cancelled(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => controller.abort({ reason: 'cancelled', message: 'the workflow run was cancelled' }));
  return controller.signal;
}

/** A runner passes inputs as variables in capital letters, spaces as underscores. */
function readInputs(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const inputs = Object.entries(definedOnly(env)).flatMap(([name, value]) =>
    name.startsWith('INPUT_') ? [[name.slice('INPUT_'.length).toLowerCase(), value] as const] : [],
  );
  return Object.fromEntries(inputs);
}

function definedOnly(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function sentence({ failure, outcome }: ActionResult): string {
  if (failure === undefined) return `the task's ${outcome}`;
  return [`${failure.code}: ${failure.message}`, failure.hint].filter(Boolean).join('\n');
}
