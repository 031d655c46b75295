/** `--rerun-failed`: what an earlier run did well, and for which legs it stands. */
import type { JobFinished, JobOutcome, JobRequest, RunEvent, RunStarted } from '../../engine/index.ts';
import { findRun, type Layout, loadJournal } from '../../store/index.ts';
import { UsageError } from '../explain.ts';

export interface EarlierRun {
  readonly run: string;
  /** The commit that it started from. */
  readonly base: string;
  /** The result of a leg, when nothing that decides it has changed; asked once a leg, needs before dependents. */
  readonly reuse: (request: JobRequest) => JobOutcome | undefined;
}

/** `definitions`: by job id, of the run to come. */
export async function openEarlierRun(
  layout: Layout,
  run: string,
  current: { readonly definitions: ReadonlyMap<string, string>; readonly base: string | undefined },
): Promise<EarlierRun> {
  const record = findRun(layout, run);
  if (record === undefined)
    throw new UsageError(`there is no run ${run}`, { hint: 'ls logs/runs names those that there are' });
  if (record.state === 'running') throw new UsageError(`the run ${run} is still on`, { hint: 'orch status shows it' });
  const { events } = await loadJournal(record.paths.journal);
  const started = events.find((event): event is RunEvent & RunStarted => event.type === 'run.started');
  if (started?.base === undefined) throw new UsageError(`the journal of ${run} does not say what it started from`);
  const base = started.base.commit;
  const sameBase = current.base === undefined || current.base === base;
  const before = new Map(started.jobs.map((job) => [job.id, job.definition]));
  const results = new Map(
    events
      .filter((event): event is RunEvent & JobFinished => event.type === 'job.finished')
      .map((event) => [event.leg, event]),
  );
  const reused = new Set<string>();
  return {
    run,
    base,
    reuse: ({ job, leg }) => {
      const result = results.get(leg.id);
      const same =
        sameBase &&
        before.get(job.id) === current.definitions.get(job.id) &&
        job.needs.every((need) => reused.has(need.toLowerCase()));
      if (!same || result === undefined || result.outcome !== 'success' || !isWhole(result)) return undefined;
      reused.add(job.id.toLowerCase());
      return {
        result: 'success',
        outputs: result.outputs,
        reusedFrom: result.reusedFrom ?? run,
        ...(result.task === undefined ? {} : { task: result.task }),
      };
    },
  };
}

/** Outputs that were masked for the record cannot be handed on. */
function isWhole({ outputs }: JobFinished): boolean {
  return Object.values(outputs).every((value) => !value.includes('***'));
}
