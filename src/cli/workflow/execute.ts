/** One workflow run from its first event to its summary. */
import { rm } from 'node:fs/promises';
import { type RunEvent, startRun } from '../../engine/index.ts';
import { sweepRun, systemClock } from '../../runner/environments/index.ts';
import { createJobRunner, type OpenFrame, type WorkflowFrames } from '../../runner/jobs/index.ts';
import { createMasker } from '../../shared/mask.ts';
import { createUi, type UiMode } from '../../ui/index.ts';
import { EXIT } from '../exit-codes.ts';
import type { Project } from '../project.ts';
import { listenToSignals } from '../signals.ts';
import { framesOf, planOf, workDirectory } from './compose.ts';
import { workflowHeader } from './header.ts';
import type { WorkflowSettings } from './options.ts';
import type { Prepared } from './prepare.ts';
import { openWorkflowOutput } from './run-output.ts';

export interface Execution {
  readonly prepared: Prepared;
  readonly settings: WorkflowSettings;
  readonly maxParallel: number;
  readonly ui?: UiMode;
  readonly open: (frames: WorkflowFrames) => OpenFrame;
}

/** Gives the exit code. */
export async function executeWorkflow(project: Project, execution: Execution): Promise<number> {
  const { prepared, settings, maxParallel } = execution;
  const { run } = prepared;
  const plan = planOf(prepared, settings, maxParallel);
  const output = openWorkflowOutput(project, run);
  const state: { summary?: string } = {};
  const ui = await createUi({
    ...(execution.ui === undefined ? {} : { mode: execution.ui }),
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    summary: () => state.summary,
  });
  // GitHub masks a secret however short it is.
  const masker = createMasker(Object.values(settings.secrets), { shortest: 1 });
  const onLine = (leg: string, line: string): void => ui.output(leg, line);
  const frames = await framesOf({ project, prepared, settings, masker, output, onLine });
  const runner = createJobRunner({
    contexts: plan.contexts,
    secrets: settings.secrets,
    clock: systemClock,
    mask: (text) => masker.maskText(text),
    open: execution.open(frames),
  });
  const events: RunEvent[] = [];
  const record = { name: 'record', event: (event: RunEvent) => void events.push(event) };
  const shown = { name: ui.name, event: (event: RunEvent) => ui.event(event) };
  const header = workflowHeader(project, prepared, plan);
  const started = startRun(plan, { clock: systemClock, runner, sinks: [output.sink, shown, record] }, header);
  const stopListening = listenToSignals({
    now: () => systemClock.now(),
    onFirst: (signal) => started.cancel({ reason: 'user', message: `stopped by ${signal}` }),
    onSecond: () => void sweepRun(run).finally(() => process.exit(EXIT.cancelled)),
  });
  const { exitCode, lostSinks } = await started.done;
  await output.close();
  state.summary = await output.summarize(events);
  stopListening();
  await rm(workDirectory(project, run), { recursive: true, force: true });
  await ui.end();
  return lostSinks.length > 0 ? Math.max(exitCode, EXIT.failed) : exitCode;
}
