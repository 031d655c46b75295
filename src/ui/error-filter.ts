/** Leaves out what would be told twice: the error that a step failed with, when its job is about to be told with it. */
import type { AnnotationMade, RunEvent } from '../engine/index.ts';

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

function next(event: RunEvent, { held, cause }: Errors): Errors & { readonly told: readonly RunEvent[] } {
  const before = held === undefined ? [] : [held];
  const kept = cause === undefined ? {} : { cause };
  switch (event.type) {
    case 'annotation':
      if (event.level !== 'error' || event.file !== undefined) return { ...kept, told: [...before, event] };
      return { ...kept, held: event, told: before };
    case 'step.finished':
      if (held?.step !== event.step || event.conclusion !== 'failure' || cause !== undefined) break;
      return { cause: held, told: [event] };
    case 'job.finished':
    case 'job.paused': {
      const isTold = cause === undefined || event.failure?.message === cause.message;
      return { told: [...before, ...(isTold ? [] : [cause]), event] };
    }
    default:
  }
  return { ...kept, told: [...before, event] };
}
