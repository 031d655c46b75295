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
import { checkStanding, type FailureSettings, type Seal } from '../../runner/jobs/index.ts';
import { type RunPaths, takeAnswers } from '../../store/index.ts';
import { UsageError } from '../explain.ts';
import type { Project } from '../project.ts';
import { commandLine } from '../run/header.ts';
import { VERSION } from '../version.ts';
import { workflowMasker } from '../workflow/masker.ts';
import type { WorkflowSettings } from '../workflow/options.ts';
import type { Prepared } from '../workflow/prepare.ts';
import { claimRun, pausedDirectory, type ResumeRecord } from './resume-file.ts';

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

/** From here on the run is this process's. Throws `UsageError` when it cannot go on. */
export async function takeUp(project: Project, { prepared, settings, plan, events, goOn }: Paused): Promise<Restored> {
  const { run } = prepared;
  const restored = restoreRun(plan, events);
  if (!restored.ok) throw new UsageError(`run ${run} cannot go on: ${restored.error}`);
  const place = { directory: pausedDirectory(project, run), secrets: settings.secrets };
  for (const leg of goOn.keys()) {
    const job = restored.value.paused.get(leg);
    if (job === undefined) throw new UsageError(`${leg} of run ${run} is not paused`);
    const same = await checkStanding(place, leg, job);
    if (!same.ok) throw new UsageError(same.error, { hint: 'orch abort ends the run; then start it anew' });
  }
  claimRun(project, run);
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
