/** A step's turn in its job: numbered, told of when it begins and when it is over, its failure shown. */
import type { EngineClock, JobRequest, RunnerEvent } from '../../engine/index.ts';
import type { StepNews } from '../steps/index.ts';
import type { JobFrame } from './frame.ts';
import type { StepDone } from './run-step.ts';

export interface TurnSettings {
  readonly request: JobRequest;
  readonly frame: JobFrame;
  readonly clock: EngineClock;
  readonly emit: (event: RunnerEvent) => void;
}

/** What a step is given to tell of itself. */
export type TellNews = (news: StepNews) => void;

export type TakeTurn = (name: string, run: (tell: TellNews) => Promise<StepDone> | StepDone) => Promise<StepDone>;

interface StepNames {
  readonly job: string;
  readonly leg: string;
  readonly step: number;
}

/** Turns are numbered from 1, behind those `taken` already, in the order in which they begin, stages of actions included. */
export function createTurns(settings: TurnSettings, taken = 0): TakeTurn {
  const { request, frame, clock, emit } = settings;
  let count = taken;
  return async (name, run) => {
    const names = { job: request.job.id, leg: request.leg.id, step: ++count };
    const started = clock.now();
    emit({ type: 'step.started', ...names, name });
    frame.recent?.mark();
    const done = await run((news) => emit(newsEvent(news, names)));
    const { outcome, conclusion } = done;
    const lastLines = outcome === 'failure' ? (frame.recent?.read() ?? []) : [];
    tellFailure(done, names, settings);
    const duration = Math.round(clock.now() - started);
    const shown = lastLines.length === 0 ? {} : { lastLines };
    emit({ type: 'step.finished', ...names, outcome, conclusion, duration, ...shown });
    return done;
  };
}

function tellFailure(done: StepDone, names: StepNames, { frame, emit }: TurnSettings): void {
  const { outcome, conclusion, failure, told } = done;
  if (outcome !== 'failure' || failure === undefined) return;
  if (frame.tellFailure === undefined) {
    if (conclusion === 'failure') frame.note(`failed: ${failure.message}`);
  } else if (told !== true) {
    frame.tellFailure(failure);
    emit({ type: 'annotation', ...names, level: 'error', message: failure.message });
  }
}

function newsEvent(news: StepNews, names: StepNames): RunnerEvent {
  if (news.type === 'step.summary') return { ...news, ...names };
  const { code: _, ...annotation } = news.annotation;
  return { type: 'annotation', ...names, ...annotation };
}
