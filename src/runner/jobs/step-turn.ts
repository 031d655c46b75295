/** A step's turn in its job: numbered, told of when it begins and when it is over, its failure shown. */
import type { EngineClock, JobRequest, RunnerEvent } from '../../engine/index.ts';
import type { Failure } from '../../shared/failure.ts';
import type { StepNews } from '../steps/index.ts';
import type { JobFrame, SidePlace } from './frame.ts';
import type { StepDone } from './run-step.ts';

export interface TurnSettings {
  readonly request: JobRequest;
  readonly frame: JobFrame;
  readonly clock: EngineClock;
  readonly emit: (event: RunnerEvent) => void;
}

/** What a step is given to tell of itself. */
export type TellNews = (news: StepNews) => void;

export interface Turn {
  /** What people see. */
  readonly name: string;
  /** Of a step in the background. */
  readonly side?: SidePlace;
  readonly run: (tell: TellNews) => Promise<StepDone> | StepDone;
}

export interface Turns {
  take(turn: Turn): Promise<StepDone>;
  /** How many there were so far. */
  taken(): number;
}

interface StepNames {
  readonly job: string;
  readonly leg: string;
  readonly step: number;
}

/** Turns are numbered from 1, behind those of `before`, in the order in which they begin, stages of actions included. */
export function createTurns(settings: TurnSettings, before = 0): Turns {
  const { request, frame, clock, emit } = settings;
  let count = before;
  let isCancelTold = false;
  const take: Turns['take'] = async ({ name, side, run }) => {
    const names = { job: request.job.id, leg: request.leg.id, step: ++count };
    const beside = side === undefined ? {} : { background: true as const };
    const started = clock.now();
    emit({ type: 'step.started', ...names, name, ...beside });
    if (side === undefined) frame.recent?.mark();
    const done = await run((news) => emit(newsEvent(news, names)));
    const { outcome, conclusion } = done;
    // The output of one in the background is not in the log yet.
    const lastLines = outcome === 'failure' && side === undefined ? (frame.recent?.read() ?? []) : [];
    tellFailure(done, names, { ...settings, side });
    if (outcome === 'cancelled' && side === undefined && !isCancelTold) isCancelTold = tellCancelled(names, settings);
    const duration = Math.round(clock.now() - started);
    const shown = lastLines.length === 0 ? {} : { lastLines };
    emit({ type: 'step.finished', ...names, outcome, conclusion, duration, ...shown, ...beside });
    return done;
  };
  return { take, taken: () => count };
}

function tellFailure(
  { outcome, conclusion, failure, told }: StepDone,
  names: StepNames,
  { frame, emit, side }: TurnSettings & { readonly side: SidePlace | undefined },
): void {
  if (outcome !== 'failure' || failure === undefined) return;
  if (frame.tellFailure === undefined) {
    if (conclusion === 'failure') frame.note(`failed: ${failure.message}`);
  } else if (told !== true) {
    if (side === undefined) frame.tellFailure(failure);
    else side.print(errorLine(failure));
    emit({ type: 'annotation', ...names, level: 'error', message: failure.message });
  }
}

const CANCELLED = 'The operation was canceled.';

/** As GitHub says it, once in a job however many of its steps are cancelled. False where nobody is told. */
function tellCancelled(names: StepNames, { frame, emit }: TurnSettings): boolean {
  if (frame.surroundings === undefined) return false;
  frame.surroundings.print(`##[error]${CANCELLED}`);
  emit({ type: 'annotation', ...names, level: 'error', message: CANCELLED });
  return true;
}

/** How the log of a workflow's job shows a failure. */
function errorLine({ message }: Failure): string {
  return `##[error]${message}`;
}

function newsEvent(news: StepNews, names: StepNames): RunnerEvent {
  if (news.type === 'step.summary') return { ...news, ...names };
  const { code: _, ...annotation } = news.annotation;
  return { type: 'annotation', ...names, ...annotation };
}
