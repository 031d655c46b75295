/** Leaves out what would be told twice: the error that a step failed with, when its job is about to be told with it. */
import type { AnnotationMade, RunEvent, StepFinished } from '../engine/index.ts';

type Annotation = RunEvent & AnnotationMade;

interface Errors {
  /** The newest: what comes next says whether its step failed with it. */
  readonly held?: Annotation;
  /** What the job's first step to fail has failed with. */
  readonly cause?: Annotation;
}

/** Gives the events to be told now, in place of the one that came. */
export function createErrorFilter(): (event: RunEvent) => readonly RunEvent[] {
  const legs = new Map<string, Errors>();
  return (event) => {
    if (!('leg' in event) || event.leg === undefined) return [event];
    const { told, ...errors } = next(event, legs.get(event.leg) ?? {});
    legs.set(event.leg, errors);
    return told;
  };
}

type Step = Errors & { readonly told: readonly RunEvent[] };

function next(event: RunEvent, errors: Errors): Step {
  const { held, cause } = errors;
  const before = held === undefined ? [] : [held];
  if (event.type === 'annotation') return annotated(event, errors);
  if (event.type === 'step.finished' && isCause(event, errors)) return { ...errorsOf(undefined, held), told: [event] };
  if (event.type !== 'job.finished' && event.type !== 'job.paused')
    return { ...errorsOf(undefined, cause), told: [...before, event] };
  const isTold = cause === undefined || event.failure?.message === cause.message;
  return { told: [...before, ...(isTold ? [] : [cause]), event] };
}

function annotated(event: Annotation, { held, cause }: Errors): Step {
  const before = held === undefined ? [] : [held];
  const isBare = event.level === 'error' && event.file === undefined;
  return isBare
    ? { ...errorsOf(event, cause), told: before }
    : { ...errorsOf(undefined, cause), told: [...before, event] };
}

function isCause({ step, conclusion }: RunEvent & StepFinished, { held, cause }: Errors): boolean {
  return held?.step === step && conclusion === 'failure' && cause === undefined;
}

function errorsOf(held: Annotation | undefined, cause: Annotation | undefined): Errors {
  return { ...(held === undefined ? {} : { held }), ...(cause === undefined ? {} : { cause }) };
}
