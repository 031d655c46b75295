/** Wires a run of tasks: the engine's ports, filled with what this machine has. */
import { join } from 'node:path';
import type { JobOutcome, JobRequest, JobRunner } from '../../engine/index.ts';
import { taskActionOf } from '../../orchestrator/index.ts';
import { createHostEnvironment, systemClock } from '../../runner/environments/index.ts';
import { createJobRunner, createTaskResults, openTaskFrames, type TaskResults } from '../../runner/jobs/index.ts';
import type { BoxGit, GitPlace } from '../../runner/sandboxes/index.ts';
import {
  compareFingerprints,
  createFingerprints,
  createWorkspaces,
  type JobWorkspace,
  type LinkedWorktree,
} from '../../runner/workspaces/index.ts';
import { hostPath } from '../../shared/brand.ts';
import type { Masker } from '../../shared/mask.ts';
import { LOGS, SUMMARY } from '../../store/index.ts';
import type { UiSink } from '../../ui/index.ts';
import { runHistory } from '../framework-review/history.ts';
import type { Loaded } from '../load.ts';
import { beside } from '../program-files.ts';
import type { Project } from '../project.ts';
import { cacheDirectory } from '../workflow/cache-directory.ts';
import { watchApproval } from './approval.ts';
import type { RunOutput } from './output.ts';
import { sandboxGround } from './sandboxes.ts';
import type { RunSetup } from './setup.ts';

export interface Wiring {
  readonly project: Project;
  readonly loaded: Loaded;
  readonly setup: RunSetup;
  readonly output: RunOutput;
  readonly ui: UiSink;
  readonly masker: Masker;
}

export async function composeRun(wiring: Wiring): Promise<JobRunner> {
  const { project, loaded, setup, output, ui, masker } = wiring;
  const { worktrees } = loaded.config;
  const { repository } = project;
  const workspaces = createWorkspaces(repository, {
    base: setup.base.commit,
    copy: worktrees.copy,
    link: worktrees.link,
    ...(worktrees.root === undefined ? {} : { root: worktrees.root }),
  });
  // One for a leg: what it has learned of its worktree is good for its sandbox too.
  const opened = new Map<string, JobWorkspace>();
  const workspaceOf = (leg: string): JobWorkspace => {
    const workspace = opened.get(leg) ?? workspaces.forJob(`orch/${setup.run}/${leg}`);
    opened.set(leg, workspace);
    return workspace;
  };
  const results = createTaskResults();
  const frames = openTaskFrames({
    run: setup.run,
    hostEnv: setup.hostEnv,
    processes: createHostEnvironment({ run: setup.run }),
    sandboxes: {
      ...sandboxGround(project, loaded),
      run: setup.run,
      program: beside('supervisor.mjs'),
      cache: hostPath(join(cacheDirectory(), 'externals')),
      links: worktrees.link,
      gitOf: async (leg, box) => gitOf(await workspaceOf(leg).current(), box),
    },
    clock: systemClock,
    results,
    history: runHistory(project.layout),
    checkout: repository.root,
    artifacts: output.paths.artifacts,
    repositoryFor: workspaceOf,
    masker,
    logOf: output.logOf,
    onLine: (leg, line) => ui.output(leg, line),
    actionOf: (uses) => taskActionOf(uses) ?? (uses.startsWith('actions/checkout@') ? 'checkout' : undefined),
    inspect: await watchCheckout(project),
  });
  return createJobRunner({
    contexts: setup.plan.contexts,
    secrets: setup.secrets,
    clock: systemClock,
    mask: (text) => masker.maskText(text),
    open: frames,
    reuse: (request) => takeOver(setup, results, request),
  });
}

async function gitOf(tree: LinkedWorktree | undefined, place: GitPlace): Promise<BoxGit> {
  if (tree === undefined) throw new Error('a sandbox is made for a task without a working tree');
  return tree.boxGit(place);
}

/** A result of an earlier run, with its commits left where dependents look for those of their needs. */
async function takeOver(
  { approval, earlier }: RunSetup,
  results: TaskResults,
  request: JobRequest,
): Promise<JobOutcome | undefined> {
  const given = approval?.reuse(request);
  const outcome = earlier === undefined ? given : earlier.reuse(request, given);
  if (outcome?.task === undefined) return outcome;
  const { start, result } = outcome.task;
  await results.forLeg({ job: request.job.id, index: request.leg.index }).publish({ start, result });
  return outcome;
}

/** After each task: what of the user's repository changed since the look before, told once. */
async function watchCheckout(
  project: Project,
): Promise<() => Promise<readonly { readonly code: string; readonly message: string }[]>> {
  const fingerprints = createFingerprints(project.repository, [LOGS, SUMMARY]);
  const approval = watchApproval(project);
  let before = await fingerprints.take();
  return async () => {
    const after = await fingerprints.take();
    const changes = compareFingerprints(before, after);
    before = after;
    return [...changes.map((message) => ({ code: 'checkout-changed', message })), ...approval()];
  };
}
