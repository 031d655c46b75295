/** `--rerun-failed`: what an earlier run did well, and for which legs it stands. */
import type { JobFinished, JobOutcome, JobRequest, RunEvent, RunStarted } from '../../engine/index.ts';
import type { GitRepository } from '../../runner/workspaces/index.ts';
import { findRun, loadJournal } from '../../store/index.ts';
import { UsageError } from '../explain.ts';
import type { Project } from '../project.ts';

export interface EarlierRun {
  readonly run: string;
  /** The commit that it started from. */
  readonly base: string;
  /**
   * The result of a leg, when nothing that decides it has changed; asked once a leg, needs before dependents. `given`:
   * what the leg came to by an approval, which stands whatever the earlier run says; where both agree, what depends on
   * it can be reused.
   */
  readonly reuse: (request: JobRequest, given?: JobOutcome) => JobOutcome | undefined;
}

/** `definitions`: by job id, of the run to come. */
export async function openEarlierRun(
  { layout, repository }: Project,
  run: string,
  current: { readonly definitions: ReadonlyMap<string, string>; readonly base: string | undefined },
): Promise<EarlierRun> {
  const record = findRun(layout, run);
  if (record === undefined)
    throw new UsageError(`there is no run ${run}`, { hint: 'ls logs/runs names those that there are' });
  if (record.state === 'running') throw new UsageError(`the run ${run} is still on`, { hint: 'orch status shows it' });
  const { events } = await loadJournal(record.paths.journal);
  const started = events.find((event): event is RunEvent & RunStarted => event.type === 'run.started');
  if (started?.stream !== undefined)
    throw new UsageError(`the run ${run} is a framework review, of which nothing is reused`, {
      hint: `review that run again: orch ${started.stream} ${started.reviewOf ?? ''}`.trimEnd(),
    });
  if (started?.base === undefined) throw new UsageError(`the journal of ${run} does not say what it started from`);
  const base = started.base.commit;
  const sameBase = current.base === undefined || current.base === base;
  const before = new Map(started.jobs.map((job) => [job.id, job.definition]));
  const results = sameBase ? await usableResults(repository, events) : new Map<string, JobFinished>();
  const reused = createReusedJobs();
  return {
    run,
    base,
    reuse: (request, given) => {
      const { job, leg } = request;
      const result = results.get(leg.id);
      if (given !== undefined) {
        if (result !== undefined && result.task?.result === given.task?.result) reused.add(request);
        return given;
      }
      const same = before.get(job.id) === current.definitions.get(job.id) && job.needs.every(reused.isWhole);
      if (!same || result === undefined) return undefined;
      reused.add(request);
      return {
        result: 'success',
        outputs: result.outputs,
        reusedFrom: result.reusedFrom ?? run,
        ...(result.task === undefined ? {} : { task: result.task }),
      };
    },
  };
}

interface ReusedJobs {
  add(request: JobRequest): void;
  /** Whether every leg of the job was taken from the earlier run. */
  readonly isWhole: (job: string) => boolean;
}

/** A job whose legs are partly new is new to those that depend on it. */
function createReusedJobs(): ReusedJobs {
  const legs = new Map<string, number>();
  const whole = new Set<string>();
  return {
    add: ({ job, strategy }) => {
      const id = job.id.toLowerCase();
      const count = (legs.get(id) ?? 0) + 1;
      legs.set(id, count);
      if (count === strategy.jobTotal) whole.add(id);
    },
    isWhole: (job) => whole.has(job.toLowerCase()),
  };
}

/** The successes, by leg, whose commits are still there: branches are the user's to delete. */
async function usableResults(
  repository: GitRepository,
  events: readonly RunEvent[],
): Promise<ReadonlyMap<string, JobFinished>> {
  const good = events.filter(
    (event): event is RunEvent & JobFinished =>
      event.type === 'job.finished' && event.outcome === 'success' && isWhole(event),
  );
  const commits = good.flatMap(({ task }) => (task === undefined ? [] : [task.start, task.result]));
  const missing = await missingCommits(repository, commits);
  const usable = good.filter(
    ({ task }) => task === undefined || !(missing.has(task.start) || missing.has(task.result)),
  );
  return new Map(usable.map((event) => [event.leg, event]));
}

async function missingCommits({ git }: GitRepository, commits: readonly string[]): Promise<ReadonlySet<string>> {
  if (commits.length === 0) return new Set();
  const { stdout } = await git.run(['cat-file', '--batch-check'], { input: `${commits.join('\n')}\n` });
  const lines = stdout.toString('utf8').split('\n');
  return new Set(commits.filter((_, index) => lines[index]?.split(' ')[1] !== 'commit'));
}

/** Outputs that were masked for the record cannot be handed on. */
function isWhole({ outputs }: JobFinished): boolean {
  return Object.values(outputs).every((value) => !value.includes('***'));
}
