/** What the jobs of a run came to, leg by leg, read from its events: the form in which two runs are compared. */
import type { Leg, RunEvent } from '../engine/index.ts';
import type { TaskReport } from '../shared/verdict.ts';
import type { JobResult } from '../workflow/index.ts';

export interface RanLeg {
  readonly job: string;
  /** 0-based, among the legs of the job. Ids differ: a leg is named by its values here and by its number on GitHub. */
  readonly index: number;
  readonly id: string;
  readonly isMatrix: boolean;
  readonly result: JobResult;
  /** Why it did not succeed, in a sentence. */
  readonly reason?: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly task?: TaskReport;
}

/** In the order of the jobs, then of their legs. A job that was skipped as a whole is one leg. */
export function legsOf(events: readonly RunEvent[]): readonly RanLeg[] {
  const expanded = new Map<string, readonly Leg[]>();
  const ended = new Map<string, RanLeg>();
  const jobs: string[] = [];
  for (const event of events) {
    if (event.type === 'run.started') jobs.push(...event.jobs.map(({ id }) => id));
    else if (event.type === 'job.expanded') expanded.set(event.job, event.legs);
    else if (event.type === 'job.finished' || event.type === 'job.skipped') {
      const id = event.leg ?? event.job;
      const leg = expanded.get(event.job)?.find((known) => known.id === id);
      ended.set(id, endOf(event, id, leg));
    }
  }
  const order = (leg: RanLeg): number => jobs.indexOf(leg.job);
  return [...ended.values()].toSorted((a, b) => order(a) - order(b) || a.index - b.index);
}

type End = Extract<RunEvent, { readonly type: 'job.finished' | 'job.skipped' }>;

function endOf(event: End, id: string, leg: Leg | undefined): RanLeg {
  const who = { job: event.job, index: leg?.index ?? 0, id, isMatrix: leg !== undefined && leg.matrix !== null };
  if (event.type === 'job.skipped') return { ...who, result: event.result, reason: event.message, outputs: {} };
  return {
    ...who,
    result: event.conclusion,
    ...(event.failure === undefined ? {} : { reason: event.failure.message }),
    outputs: event.outputs,
    ...(event.task === undefined ? {} : { task: event.task }),
  };
}
