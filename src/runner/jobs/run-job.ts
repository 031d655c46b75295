/** The engine's job runner made real: a job opened, run and closed, to the end or to where it stands still. */
import { setMaxListeners } from 'node:events';
import type {
  EngineClock,
  JobOutcome,
  JobRequest,
  JobRunner,
  PausedJob,
  PlanContexts,
  RunnerEvent,
} from '../../engine/index.ts';
import type { Closed, JobFrame, OpenFrame } from './frame.ts';
import { brokenOutcome, createOutputRoom, jobOutcome, type OutputRoom, type StepsEnd } from './job-outcome.ts';
import { createSteps, type RunSteps } from './job-steps.ts';
import { maskTexts } from './mask-event.ts';
import type { JobFacts } from './step-scope.ts';
import type { StepsStand } from './steps-standstill.ts';

export interface JobRunnerSettings {
  readonly contexts: PlanContexts;
  readonly secrets: Readonly<Record<string, string>>;
  readonly clock: EngineClock;
  /** Takes secrets out of a text. */
  readonly mask: (text: string) => string;
  readonly open: OpenFrame;
  /** A leg's result of an earlier run, when it stands for this one. */
  readonly reuse?: (request: JobRequest) => Promise<JobOutcome | undefined>;
}

/** How long what always runs may take after a cancellation, unless the job says otherwise: GitHub's, in minutes. */
const CANCEL_MINUTES = 5;

export function createJobRunner(settings: JobRunnerSettings): JobRunner {
  /** Jobs that stand still and stay open, by leg. */
  const standing = new Map<string, OpenJob>();
  const room = createOutputRoom();
  return {
    async run(request, tell, signal) {
      const emit = (event: RunnerEvent): void => tell(maskTexts(event, settings.mask));
      const reused = settings.reuse === undefined ? undefined : await settings.reuse(request);
      if (reused !== undefined) return reused;
      const { id } = request.leg;
      const job = standing.get(id) ?? (await openJob(settings, request, emit));
      standing.delete(id);
      job.attach(emit, signal);
      const end = await runOpen(job, request, room);
      job.detach();
      if (end.result !== 'paused') return maskTexts(await close(job, end), settings.mask);
      if (job.frame.standstill?.staysOpen === true) standing.set(id, job);
      return end;
    },
  };
}

interface OpenJob {
  readonly settings: JobRunnerSettings;
  readonly facts: JobFacts;
  readonly frame: JobFrame;
  readonly steps: RunSteps;
  readonly emit: (event: RunnerEvent) => void;
  readonly cancelled: AbortSignal;
  /** Whom it tells, and who may cancel it: others each time that it goes on. */
  readonly attach: (emit: OpenJob['emit'], signal: AbortSignal) => void;
  /** It is over, or stands still: no clock of a cancellation runs on. */
  readonly detach: () => void;
}

async function openJob(settings: JobRunnerSettings, request: JobRequest, first: OpenJob['emit']): Promise<OpenJob> {
  let told = first;
  const emit = (event: RunnerEvent): void => told(event);
  const frame = await settings.open(request, emit);
  const facts = factsOf(settings, request, frame);
  const controller = new AbortController();
  const cancelled = AbortSignal.any([controller.signal, frame.lost]);
  const overdue = new AbortController();
  // Each step that is under way listens, and there is no limit to steps within steps.
  setMaxListeners(0, cancelled, overdue.signal);
  const { clock } = settings;
  const steps = createSteps({ facts, frame, request, clock, emit, cancelled, overdue: overdue.signal });
  let detach = (): void => undefined;
  const attach = (tell: OpenJob['emit'], signal: AbortSignal): void => {
    told = tell;
    const cancel = (): void => {
      controller.abort(signal.reason);
      const patience = (request.leg.cancelTimeoutMinutes ?? CANCEL_MINUTES) * 60_000;
      detach = clock.after(patience, () => overdue.abort(signal.reason));
    };
    // Who cancels it while what is around it is being closed comes too late: a clock set then would have nobody to stop it.
    detach = () => signal.removeEventListener('abort', cancel);
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  };
  return { settings, facts, frame, steps, emit, cancelled, attach, detach: () => detach() };
}

async function runOpen(job: OpenJob, request: JobRequest, room: OutputRoom): Promise<JobOutcome | PausedJob> {
  try {
    const end = await job.steps.run(request.goOn);
    return 'steps' in end ? await putAside(job, end) : outcomeOf(job, end, room);
  } catch (error) {
    return brokenOutcome(error);
  }
}

function outcomeOf({ facts, settings, emit, cancelled }: OpenJob, end: StepsEnd, room: OutputRoom): JobOutcome {
  return jobOutcome(facts, end, { mask: settings.mask, emit, cancelled, room });
}

async function putAside(job: OpenJob, { steps, failed }: StepsStand): Promise<PausedJob> {
  const { frame, settings } = job;
  if (frame.standstill === undefined) throw new Error('a job that cannot stand still does');
  const where = await frame.standstill.putAside(steps, failed);
  if (!frame.standstill.staysOpen) tellLog(job, await frame.standstill.leave());
  const { failure } = maskTexts(failed, settings.mask);
  return { result: 'paused', step: settings.mask(failed.name), failure, ...where };
}

async function close(job: OpenJob, outcome: JobOutcome): Promise<JobOutcome> {
  const closed = await job.frame.close();
  tellLog(job, closed);
  const { failure } = closed;
  return failure === undefined ? outcome : { ...outcome, result: 'failure', failure };
}

function tellLog({ facts, emit }: OpenJob, { log }: Closed): void {
  const { job, leg } = facts.request;
  emit({ type: 'log.closed', job: job.id, leg: leg.id, ...log });
}

function factsOf({ contexts, secrets }: JobRunnerSettings, request: JobRequest, frame: JobFrame): JobFacts {
  const around = frame.surroundings;
  if (around === undefined) return { contexts, secrets, request };
  return {
    contexts: around.contexts,
    secrets: around.secrets,
    request,
    runner: around.runner,
    job: around.job,
  };
}
