/** One workflow run from its first event to its summary. */

import {
  type EnginePorts,
  type GoOn,
  type JobRunner,
  type Plan,
  type Run,
  type RunEvent,
  resumeRun,
  startRun,
} from '../../engine/index.ts';
import { systemClock } from '../../runner/environments/index.ts';
import { createJobRunner, type OpenFrame, type WorkflowFrames } from '../../runner/jobs/index.ts';
import type { RunServices } from '../../runner/services/index.ts';
import { removeTree } from '../../runner/workspaces/index.ts';
import { type Failure, MachineError } from '../../shared/failure.ts';
import type { Masker } from '../../shared/mask.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { leaveRunDirectory } from '../../store/index.ts';
import type { UiMode, UiSink } from '../../ui/index.ts';
import type { From } from '../pause/from-step.ts';
import { answer, failuresOf, type Pausing, resumption, sealOf, takeUp } from '../pause/pausing.ts';
import { writeResumeFile } from '../pause/resume-file.ts';
import type { Project } from '../project.ts';
import { type Followed, followRun } from '../run/course.ts';
import { attempt } from '../run/ending.ts';
import { checkSpace } from '../run/space.ts';
import { framesOf, groupsOf, planOf } from './compose.ts';
import { workflowHeader } from './header.ts';
import { workflowMasker } from './masker.ts';
import type { WorkflowSettings } from './options.ts';
import type { Prepared } from './prepare.ts';
import { continueWorkflowOutput, openWorkflowOutput, type WorkflowOutput } from './run-output.ts';
import { servicesOf } from './services.ts';
import { workDirectory, workRoot } from './work-directory.ts';

export interface Execution {
  readonly prepared: Prepared;
  readonly settings: WorkflowSettings;
  readonly maxParallel: number;
  readonly ui?: UiMode;
  readonly open: (frames: WorkflowFrames) => OpenFrame;
  readonly from?: From;
  readonly pausing?: Pausing;
  /** The run was paused and goes on. */
  readonly resumed?: { readonly events: readonly RunEvent[]; readonly goOn: ReadonlyMap<string, GoOn> };
}

export async function executeWorkflow(
  project: Project,
  execution: Execution,
): Promise<Omit<Followed, 'stopListening'>> {
  const { prepared, settings, maxParallel } = execution;
  const waitsForPaused = execution.pausing?.waits === true;
  const plan = planOf(prepared, settings, { maxParallel, waitsForPaused });
  const trees = Math.min(maxParallel, plan.jobs.length);
  await checkSpace(project, { path: workRoot(project), trees, commit: prepared.tree.commit });
  const { output, past, start } = await openRun(project, execution, plan);
  let stopAnswering = (): void => undefined;
  const masker = workflowMasker(settings.secrets);
  const services = servicesOf({ layout: project.layout, run: prepared.run, paths: output.paths, past, masker });
  const { stopListening, ...followed } = await followRun(project, {
    stopped: { run: prepared.run, release: () => undefined },
    parting: 'the working trees of its jobs stay as they are: orch clean removes them',
    ui: execution.ui,
    open: async () => ({
      past,
      sink: output.sink,
      summarize: output.summarize,
      start: async (ui, sinks) => {
        const groups = groupsOf(project, prepared.run, (message) =>
          queueMicrotask(() => run.warn('groups-lost', message)),
        );
        const runner = await runnerFor(project, execution, { plan, output, ui, masker, services });
        const run: Run = start({ clock: systemClock, runner, groups, sinks });
        stopAnswering = answer(output.paths, run);
        return run;
      },
      close: async () => {
        stopAnswering();
        await attempt('the artifact service was not closed', () => services.close());
        await output.close();
      },
      finish: async ({ result }) => {
        if (result === 'paused') return leaveRunDirectory(output.paths);
        const tree = workDirectory(project, prepared.run);
        await attempt('the working trees could not be removed', () => removeTree(tree));
      },
    }),
  });
  stopListening();
  return followed;
}

interface OpenRun {
  readonly output: WorkflowOutput;
  /** What happened before this process. */
  readonly past: readonly RunEvent[];
  readonly start: (ports: EnginePorts) => Run;
}

/** A new run, or one that was paused and is this process's from here on. */
async function openRun(
  project: Project,
  { prepared, settings, pausing, resumed }: Execution,
  plan: Plan,
): Promise<OpenRun> {
  const { run } = prepared;
  const taken = resumed === undefined ? undefined : await takeUp(project, { prepared, settings, plan, ...resumed });
  const output = taken === undefined ? openWorkflowOutput(project, run) : continueWorkflowOutput(project, taken.paths);
  if (pausing?.record !== undefined) writeResumeFile(project, pausing.record, sealOf(settings));
  if (taken === undefined || resumed === undefined) {
    return { output, past: [], start: (ports) => startRun(plan, ports, workflowHeader(project, prepared, plan)) };
  }
  const header = { ...resumption(), goOn: resumed.goOn };
  return { output, past: resumed.events, start: (ports) => resumeRun(plan, ports, taken.restored, header) };
}

interface Surroundings {
  readonly plan: Plan;
  readonly output: WorkflowOutput;
  readonly ui: UiSink;
  readonly masker: Masker;
  readonly services: RunServices;
}

/** Where the run cannot be set up, each job fails for that, so that there is a record and a summary all the same. */
async function runnerFor(
  project: Project,
  { prepared, settings, open, pausing, from }: Execution,
  { plan, output, ui, masker, services }: Surroundings,
): Promise<JobRunner> {
  const onLine = (leg: string, line: string): void => ui.output(leg, line);
  const wiring = {
    project,
    prepared,
    settings,
    masker,
    output,
    onLine,
    services,
    ...(pausing === undefined ? {} : { failures: failuresOf(project, prepared.run, { pausing, settings }) }),
    ...(from === undefined ? {} : { from }),
  };
  const frames = await attemptSetup(() => framesOf(wiring));
  if (!frames.ok) return { run: async () => ({ result: 'failure', failure: frames.error, outputs: {} }) };
  return createJobRunner({
    contexts: plan.contexts,
    secrets: settings.secrets,
    clock: systemClock,
    mask: (text) => masker.maskText(text),
    open: open(frames.value),
  });
}

/** What the system refuses is a failure; anything else is a bug. */
async function attemptSetup<T>(call: () => Promise<T>): Promise<Result<T, Failure>> {
  try {
    return ok(await call());
  } catch (error) {
    if (error instanceof MachineError) return err(error.failure);
    if (!(error instanceof Error && 'code' in error)) throw error;
    return err({ code: 'setup-failed', message: `the run could not be set up: ${error.message}` });
  }
}
