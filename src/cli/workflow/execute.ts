/** One workflow run from its first event to its summary. */
import { type JobRunner, type Plan, type Run, type RunEvent, startRun } from '../../engine/index.ts';
import { systemClock } from '../../runner/environments/index.ts';
import { createJobRunner, type OpenFrame, type WorkflowFrames } from '../../runner/jobs/index.ts';
import { removeTree } from '../../runner/workspaces/index.ts';
import { type Failure, MachineError } from '../../shared/failure.ts';
import { createMasker } from '../../shared/mask.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { createUi, type UiMode, type UiSink } from '../../ui/index.ts';
import { EXIT } from '../exit-codes.ts';
import type { Project } from '../project.ts';
import { attempt, forgetOldRuns, say } from '../run/ending.ts';
import { checkSpace } from '../run/space.ts';
import { listenForStop } from '../run/stopping.ts';
import { framesOf, groupsOf, planOf } from './compose.ts';
import { workflowHeader } from './header.ts';
import type { WorkflowSettings } from './options.ts';
import type { Prepared } from './prepare.ts';
import { openWorkflowOutput, type WorkflowOutput } from './run-output.ts';
import { workDirectory, workRoot } from './work-directory.ts';

export interface Execution {
  readonly prepared: Prepared;
  readonly settings: WorkflowSettings;
  readonly maxParallel: number;
  readonly ui?: UiMode;
  readonly open: (frames: WorkflowFrames) => OpenFrame;
}

export interface Executed {
  readonly exitCode: number;
  /** Somebody wants no more of this; the run may be cancelled for other reasons. */
  readonly stopped: boolean;
}

export async function executeWorkflow(project: Project, execution: Execution): Promise<Executed> {
  const { prepared, settings, maxParallel } = execution;
  const plan = planOf(prepared, settings, maxParallel);
  const trees = Math.min(maxParallel, plan.jobs.length);
  await checkSpace(project, { path: workRoot(project), trees, commit: prepared.tree.commit });
  const output = openWorkflowOutput(project, prepared.run);
  const events: RunEvent[] = [];
  const state: { summary?: string | undefined } = {};
  const ui = await createUi({
    ...(execution.ui === undefined ? {} : { mode: execution.ui }),
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    summary: () => state.summary,
  });
  const summarize = async (): Promise<void> => {
    state.summary = await attempt('the summary could not be written', () => output.summarize(events));
  };
  const stopping = listenForStop({ run: prepared.run, release: () => undefined }, async () => {
    if (events.length > 0) await summarize();
    await ui.end();
    say('the working trees of its jobs stay as they are: orch clean removes them');
  });
  const runner = await runnerFor(project, execution, { plan, output, ui });
  const record = { name: 'record', event: (event: RunEvent) => void events.push(event) };
  const shown = { name: ui.name, event: (event: RunEvent) => ui.event(event) };
  const header = workflowHeader(project, prepared, plan);
  const groups = groupsOf(project, prepared.run, (message) => queueMicrotask(() => run.warn('groups-lost', message)));
  const sinks = [output.sink, shown, record];
  const run: Run = startRun(plan, { clock: systemClock, runner, groups, sinks }, header);
  stopping.attach(run);
  const { exitCode, lostSinks } = await run.done;
  for (const { name, error } of lostSinks)
    say(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
  // The journal first: it gives back the room on the disk that it kept for its end.
  await attempt('the journal could not be closed', () => output.close());
  await summarize();
  await attempt('the working trees could not be removed', () => removeTree(workDirectory(project, prepared.run)));
  for (const problem of await forgetOldRuns(project)) say(problem);
  await ui.end();
  stopping.stopListening();
  const lost = lostSinks.length > 0 || state.summary === undefined;
  return { exitCode: lost ? Math.max(exitCode, EXIT.failed) : exitCode, stopped: stopping.asked() };
}

interface Surroundings {
  readonly plan: Plan;
  readonly output: WorkflowOutput;
  readonly ui: UiSink;
}

/** Where the run cannot be set up, each job fails for that, so that there is a record and a summary all the same. */
async function runnerFor(
  project: Project,
  { prepared, settings, open }: Execution,
  { plan, output, ui }: Surroundings,
): Promise<JobRunner> {
  // GitHub masks a secret however short it is.
  const masker = createMasker(Object.values(settings.secrets), { shortest: 1 });
  const onLine = (leg: string, line: string): void => ui.output(leg, line);
  const frames = await attemptSetup(() => framesOf({ project, prepared, settings, masker, output, onLine }));
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
