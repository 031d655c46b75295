/** Wires a workflow run: the engine's plan, and what its jobs run in on this machine. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Concurrency,
  type ConcurrencyGroups,
  type GroupStorage,
  makePlan,
  openGroups,
  type Plan,
  type Policy,
  readWorkflowConcurrency,
} from '../../engine/index.ts';
import { isApprovalAction } from '../../orchestrator/index.ts';
import { openHostJob, systemClock } from '../../runner/environments/index.ts';
import type { FailureSettings, WorkflowFrames } from '../../runner/jobs/index.ts';
import type { RunServices } from '../../runner/services/index.ts';
import {
  type CloneRequest,
  findStores,
  openPrivateClones,
  type PrivateClone,
  removeTree,
} from '../../runner/workspaces/index.ts';
import { hostPath } from '../../shared/brand.ts';
import { PRIVATE_DIRECTORY } from '../../shared/file-modes.ts';
import type { Masker } from '../../shared/mask.ts';
import { createGroupFile, describeSelf, probeProcesses } from '../../store/index.ts';
import type { Job } from '../../workflow/index.ts';
import { UsageError } from '../explain.ts';
import { type From, leftOutBefore } from '../pause/from-step.ts';
import { beside } from '../program-files.ts';
import type { Project } from '../project.ts';
import { cacheDirectory } from './cache-directory.ts';
import { externals } from './externals.ts';
import { hostEnvironment, jobHooks } from './host-env.ts';
import { jobSources } from './job-source.ts';
import type { WorkflowSettings } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { WorkflowOutput } from './run-output.ts';
import { workDirectory } from './work-directory.ts';

export interface Wiring {
  readonly project: Project;
  readonly prepared: Prepared;
  readonly settings: WorkflowSettings;
  readonly masker: Masker;
  readonly output: WorkflowOutput;
  readonly onLine: (leg: string, line: string) => void;
  readonly failures?: FailureSettings;
  readonly from?: From;
  readonly services: RunServices;
}

export function planOf(
  prepared: Prepared,
  settings: WorkflowSettings,
  limits: Pick<Policy, 'maxParallel' | 'waitsForPaused'>,
): Plan {
  const { resolved, github, inputs } = prepared;
  const { labels, incomplete, vars, secrets } = settings;
  const platforms = { system: process.platform, processor: process.arch, labels, incomplete };
  const concurrency = concurrencyOf(prepared, settings);
  const policy: Policy = {
    ...limits,
    awaiting: awaitingIn(resolved.workflow.jobs),
    onFailure: 'continue',
    platforms,
    ...(concurrency === undefined ? {} : { concurrency }),
  };
  return makePlan(resolved.workflow, policy, { github, inputs, vars, secrets }, resolved.callees);
}

/** Those that GitHub asks somebody for; nobody is asked here. */
function awaitingIn(jobs: readonly Job[]): ReadonlySet<string> {
  const waits = jobs.filter(
    (job) => job.kind === 'steps' && job.steps.some((step) => step.kind === 'action' && isApprovalAction(step.uses)),
  );
  return new Set(waits.map(({ id }) => id));
}

/** Throws `UsageError`: without its group a run cannot start. */
function concurrencyOf({ file, github, inputs }: Prepared, { vars }: WorkflowSettings): Concurrency | undefined {
  const concurrency = readWorkflowConcurrency(file.workflow.concurrency, { github, inputs, vars });
  if (!concurrency.ok) throw new UsageError(`${file.path}: ${concurrency.error}`);
  return concurrency.value;
}

/** The groups that all workflow runs of the repository share. */
export function groupsOf({ layout }: Project, run: string, onTrouble: (message: string) => void): ConcurrencyGroups {
  let opened: GroupStorage | undefined;
  // Most runs need none.
  const file = (): GroupStorage => {
    opened ??= createGroupFile(layout, describeSelf(run, probeProcesses(), new Date()));
    return opened;
  };
  const storage: GroupStorage = { update: (change) => file().update(change), read: () => file().read() };
  return openGroups(storage, true, onTrouble);
}

export async function framesOf(wiring: Wiring): Promise<WorkflowFrames> {
  const { project, prepared, settings, masker, output, onLine, failures, from, services } = wiring;
  const { event, facts, run } = prepared;
  const directory = workDirectory(project, run);
  const temp = hostPath(join(directory, '_temp'));
  await mkdir(temp, { recursive: true, mode: PRIVATE_DIRECTORY });
  const openClone = openPrivateClones(project.repository);
  return {
    run,
    repository: { name: facts.name, serverUrl: facts.serverUrl, commit: event.sha, ref: event.ref },
    sourceOf: jobSources(prepared, settings, masker),
    workspace: (leg, there) => openWorkspace(wiring, openClone, { directory: join(directory, leg), there }),
    ...(failures === undefined ? {} : { failures }),
    ...(from === undefined ? {} : { leftOut: leftOutBefore(from) }),
    temp,
    toolCache: hostPath(join(cacheDirectory(), 'toolcache')),
    event: `${JSON.stringify(event.payload, null, 2)}\n`,
    hostEnv: hostEnvironment(process.env, settings.env),
    hooks: jobHooks(process.env),
    openProcesses: (home) => openHostJob({ run }, home),
    clock: systemClock,
    masker,
    logOf: output.logOf,
    onLine,
    actions: prepared.actions,
    hashProgram: beside('hash-files.mjs'),
    containers: {
      ...externals(),
      engine: process.env,
      env: settings.env,
      images: settings.images,
    },
    services,
  };
}

/** `<root>/<name>` as on GitHub's machines, where the folder of a repository holds a working tree of the same name. */
async function openWorkspace(
  { project, prepared }: Wiring,
  openClone: (request: CloneRequest) => Promise<PrivateClone>,
  { directory, there }: { readonly directory: string; readonly there: boolean },
): ReturnType<WorkflowFrames['workspace']> {
  const { event, facts } = prepared;
  const name = facts.name.split('/')[1] ?? 'repository';
  const root = hostPath(join(directory, name));
  const work = hostPath(join(root, name));
  // Those of a clone that borrows from another repository, too.
  const stores = await findStores(join(project.repository.commonDir, 'objects'));
  const reads = stores.map(({ path }) => hostPath(path));
  if (there) return { root, work, reads, dispose: () => removeTree(work) };
  // Of a process that was killed.
  await removeTree(work);
  const { remoteUrl } = project.repository;
  const clone = await openClone({
    commit: event.sha,
    ref: event.ref,
    directory: work,
    origin: remoteUrl ?? `${facts.serverUrl}/${facts.name}`,
  });
  return { root, work, reads, dispose: () => clone.dispose() };
}
