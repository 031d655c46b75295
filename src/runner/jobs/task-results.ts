/** The commits that the tasks of this run have left so far, for those that stand on them. */
import type { JobCommits, Results } from '../../tasks/index.ts';

export interface TaskResults {
  /** The view of one leg: it reads everybody's and leaves its own. */
  forLeg(leg: { readonly job: string; readonly index: number }): Results;
}

export function createTaskResults(): TaskResults {
  const jobs = new Map<string, Map<number, JobCommits>>();
  return {
    forLeg: ({ job, index }) => ({
      of: async (name) => {
        const legs = jobs.get(name.toLowerCase());
        return legs && [...legs].sort(([a], [b]) => a - b).map(([, commits]) => commits);
      },
      publish: async (commits) => {
        const legs = jobs.get(job.toLowerCase()) ?? new Map<number, JobCommits>();
        jobs.set(job.toLowerCase(), legs.set(index, commits));
      },
    }),
  };
}
