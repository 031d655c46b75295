/** `orch retry` and `orch abort`: going on with a workflow run that is paused, in its own process or in this one. */
import type { GoOn } from '../../engine/index.ts';
import type { LegView } from '../../reports/index.ts';
import { openWorkflowFrames } from '../../runner/jobs/index.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { findRun, type Layout, leaveAnswer, listRuns, loadJournal, type RunRecord } from '../../store/index.ts';
import type { UiMode } from '../../ui/index.ts';
import { UsageError } from '../explain.ts';
import { legsNamed, listLegs, nearestLeg } from '../named-legs.ts';
import { onTerminal } from '../pause/debugging.ts';
import { prepareAgain } from '../pause/prepare-again.ts';
import { canBeTakenUp } from '../pause/resume-file.ts';
import { type Project, withProject } from '../project.ts';
import { chooseRun, readRun } from '../runs.ts';
import type { SecretOptions } from '../secrets.ts';
import { executeWorkflow } from '../workflow/execute.ts';
import { interruptible } from '../workflow/interruptible.ts';

export interface GoOnOptions extends SecretOptions {
  readonly run: string | undefined;
  readonly job?: readonly string[];
  readonly ui?: UiMode;
}

export async function goOn(how: GoOn, options: GoOnOptions): Promise<number> {
  return withProject(async (project) => {
    const record = await choosePaused(project.layout, options.run);
    const legs = chooseLegs(await pausedLegs(project, record, how), options.job);
    if (record.state !== 'running') return goOnHere(project, record, { how, legs, options });
    for (const leg of legs) leaveAnswer(record.paths, { leg, how });
    process.stdout.write(told(record.run, how, legs));
    return EXIT.success;
  });
}

function told(run: string, how: GoOn, legs: readonly string[]): string {
  const [one, several] = how === 'retry' ? ['goes on', 'go on'] : ['is ended', 'are ended'];
  if (legs.length === 1) return `Told run ${run}: ${legs[0]} ${one}.\n`;
  return `Told run ${run}: ${legs.length} paused jobs ${several}: ${legs.join(', ')}; --job names one.\n`;
}

/**
 * Throws `UsageError` when there is nothing to go on with. A run whose process is gone is taken up where it stood; when
 * no job of it stood still, its jobs begin anew, and there is nothing to end.
 */
async function pausedLegs(project: Project, record: RunRecord, how: GoOn): Promise<readonly LegView[]> {
  const { view } = await readRun(record);
  const paused = view.legs.filter((leg) => isPaused(record, leg));
  if (paused.length > 0) return paused;
  if (how === 'retry' && record.state === 'crashed' && canBeTakenUp(project, record.run)) return [];
  throw new UsageError(`run ${record.run} is not paused`, { hint: `orch status ${record.run} shows how it stands` });
}

function isPaused({ state }: RunRecord, { standing, stood }: LegView): boolean {
  return standing === 'paused' || (state === 'crashed' && stood !== undefined);
}

/** The run of that name, or the newest that is paused. */
async function choosePaused(layout: Layout, named: string | undefined): Promise<RunRecord> {
  if (named !== undefined) return findRun(layout, named) ?? chooseRun(layout, named);
  const runs = listRuns(layout);
  const ended = runs.find(({ finished }) => finished?.result === 'paused');
  for (const run of runs.filter(({ state }) => state !== 'finished')) {
    if ((await readRun(run)).view.legs.some((leg) => isPaused(run, leg))) return run;
  }
  if (ended !== undefined) return ended;
  throw new UsageError('no run is paused', {
    hint: 'orch run WORKFLOW --pause-on-failure pauses one at a step that fails',
  });
}

function chooseLegs(paused: readonly LegView[], jobs: readonly string[] | undefined): readonly string[] {
  if (jobs === undefined || paused.length === 0) return paused.map(({ id }) => id);
  return jobs.flatMap((wanted) => {
    const legs = legsNamed(paused, wanted);
    if (legs.length > 0) return legs.map(({ id }) => id);
    const near = nearestLeg(paused, wanted);
    throw new UsageError(`--job: ${wanted} is not paused`, {
      hint: near === undefined ? `paused are ${listLegs(paused)}` : `did you mean "${near}"?`,
    });
  });
}

interface Here {
  readonly how: GoOn;
  readonly legs: readonly string[];
  readonly options: GoOnOptions;
}

/** A failure that was asked to stand is what was asked for. */
async function goOnHere(project: Project, record: RunRecord, { how, legs, options }: Here): Promise<number> {
  const again = await interruptible((signal) => prepareAgain(project, record.run, { how, options, signal }));
  if (again === undefined) return EXIT.cancelled;
  const { prepared, settings, resume } = again;
  const { events } = await loadJournal(record.paths.journal);
  const { exitCode } = await executeWorkflow(project, {
    prepared,
    settings,
    maxParallel: resume.maxParallel,
    open: openWorkflowFrames,
    ...(options.ui === undefined ? {} : { ui: options.ui }),
    ...(resume.from === undefined ? {} : { from: resume.from }),
    pausing: { waits: onTerminal(), record: resume },
    resumed: { events, goOn: new Map(legs.map((leg) => [leg, how])) },
  });
  return how === 'abort' && exitCode === EXIT.failed ? EXIT.success : exitCode;
}
