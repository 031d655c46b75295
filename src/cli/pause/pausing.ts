/** What a run does about steps that fail, and how one that was paused is taken up again. */

import {
  type GoOn,
  type Plan,
  type Restored,
  type Resumption,
  type Run,
  type RunEvent,
  restoreRun,
} from '../../engine/index.ts';
import { sweepRun } from '../../runner/environments/index.ts';
import { checkStanding, type FailureSettings, type Seal } from '../../runner/jobs/index.ts';
import {
  describeSelf,
  leaveRunDirectory,
  loadJournal,
  probeProcesses,
  type RunPaths,
  takeAnswers,
  takeRunDirectory,
} from '../../store/index.ts';
import { UsageError } from '../explain.ts';
import type { Project } from '../project.ts';
import { commandLine } from '../run/header.ts';
import { VERSION } from '../version.ts';
import { workflowMasker } from '../workflow/masker.ts';
import type { WorkflowSettings } from '../workflow/options.ts';
import type { Prepared } from '../workflow/prepare.ts';
import { pausedDirectory, type ResumeRecord } from './resume-file.ts';

export interface Pausing {
  /** The process waits for what is paused. */
  readonly waits: boolean;
  readonly onFailure?: FailureSettings['onFailure'];
  /** For another process; without it a step that fails stops nothing. */
  readonly record?: ResumeRecord;
}

export function failuresOf(
  project: Project,
  run: string,
  { pausing, settings }: { readonly pausing: Pausing; readonly settings: WorkflowSettings },
): FailureSettings {
  const { record, waits, onFailure } = pausing;
  return {
    directory: pausedDirectory(project, run),
    pauses: record !== undefined,
    staysOpen: waits,
    secrets: settings.secrets,
    ...(onFailure === undefined ? {} : { onFailure }),
  };
}

export function sealOf({ secrets }: Pick<WorkflowSettings, 'secrets'>): Seal {
  const masker = workflowMasker(secrets);
  return { secrets, mask: (text) => masker.maskText(text) };
}

interface Paused {
  readonly prepared: Prepared;
  readonly settings: WorkflowSettings;
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  readonly goOn: ReadonlyMap<string, GoOn>;
}

/** A run that is this process's from here on, in its folder. */
export interface TakenUp {
  readonly restored: Restored;
  readonly paths: RunPaths;
}

/** Throws `UsageError` when it cannot go on, or another process has it. */
export async function takeUp(project: Project, paused: Paused): Promise<TakenUp> {
  const { run } = paused.prepared;
  const paths = takeRunDirectory(project.layout, describeSelf(run, probeProcesses(), new Date()));
  if (!paths.ok) throw new UsageError(paths.error, { hint: `orch status ${run} shows how it stands` });
  try {
    // Of a process that was killed something may still be at work.
    await sweepRun(run);
    return { paths: paths.value, restored: await restore(project, paused, paths.value) };
  } catch (error) {
    leaveRunDirectory(paths.value);
    throw error;
  }
}

async function restore(
  project: Project,
  { prepared, settings, plan, events, goOn }: Paused,
  { journal }: RunPaths,
): Promise<Restored> {
  const { run } = prepared;
  const { events: now } = await loadJournal(journal);
  if (now.length !== events.length) throw new UsageError(`another process has gone on with run ${run}`);
  const restored = restoreRun(plan, events);
  if (!restored.ok) throw new UsageError(`run ${run} cannot go on: ${restored.error}`);
  const place = { directory: pausedDirectory(project, run), secrets: settings.secrets };
  for (const leg of goOn.keys()) {
    const job = restored.value.paused.get(leg);
    if (job === undefined) throw new UsageError(`${leg} of run ${run} is not paused`);
    const same = await checkStanding(place, leg, job);
    if (!same.ok) throw new UsageError(same.error, { hint: 'orch abort ends the run; then start it anew' });
  }
  return restored.value;
}

export function resumption(): Omit<Resumption, 'goOn'> {
  return { type: 'run.resumed', orch: VERSION, command: commandLine(process.argv.slice(2)) };
}

/** How often other processes are listened to, in milliseconds. */
const LISTEN_EVERY = 200;

/** Does what other processes say; returns how to stop. */
export function answer(paths: RunPaths, run: Run): () => void {
  const timer = setInterval(() => {
    for (const { leg, how } of takeAnswers(paths)) run.goOn(leg, how);
  }, LISTEN_EVERY);
  return () => clearInterval(timer);
}
