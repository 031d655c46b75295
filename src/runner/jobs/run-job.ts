/** The engine's job runner made real: a job opened, run and closed, to the end in every case. */
import type { EngineClock, JobOutcome, JobRequest, JobRunner, PlanContexts, RunnerEvent } from '../../engine/index.ts';
import type { JobFrame, OpenFrame } from './frame.ts';
import { brokenOutcome, jobOutcome } from './job-outcome.ts';
import { runSteps } from './job-steps.ts';
import { maskTexts } from './mask-event.ts';
import type { JobFacts } from './step-scope.ts';

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

export function createJobRunner(settings: JobRunnerSettings): JobRunner {
  return {
    async run(request, tell, signal) {
      const emit = (event: RunnerEvent): void => tell(maskTexts(event, settings.mask));
      const reused = settings.reuse === undefined ? undefined : await settings.reuse(request);
      if (reused !== undefined) return reused;
      const frame = await settings.open(request, emit);
      const outcome = await runIn(frame, {
        settings,
        request,
        emit,
        cancelled: AbortSignal.any([signal, frame.lost]),
      }).catch(brokenOutcome);
      const { log, failure } = await frame.close();
      emit({ type: 'log.closed', job: request.job.id, leg: request.leg.id, ...log });
      const whole: JobOutcome = failure === undefined ? outcome : { ...outcome, result: 'failure', failure };
      return maskTexts(whole, settings.mask);
    },
  };
}

interface Opened {
  readonly settings: JobRunnerSettings;
  readonly request: JobRequest;
  readonly emit: (event: RunnerEvent) => void;
  readonly cancelled: AbortSignal;
}

async function runIn(frame: JobFrame, { settings, request, emit, cancelled }: Opened): Promise<JobOutcome> {
  const { clock, mask } = settings;
  const facts = factsOf(settings, request, frame);
  const end = await runSteps({ facts, frame, request, clock, emit, cancelled });
  return jobOutcome(facts, end, { mask, emit, cancelled });
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
