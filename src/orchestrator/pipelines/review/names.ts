/** What the jobs of a reviewed task are called. Rounds count from 1, and the first is made by the task itself. */

/** Rounds that a task may have at most. */
export const MOST_ROUNDS = 10;

/** The job whose change is looked at in a round. */
export function changeJob(task: string, round: number): string {
  return round === 1 ? task : `${task}-fix-${round}`;
}

export function reviewJob(task: string, round: number): string {
  return round === 1 ? `${task}-review` : `${task}-review-${round}`;
}

/** The one that the tasks behind wait for. */
export function conclusionJob(task: string): string {
  return `${task}-reviewed`;
}

/** All that come to be beside the task. */
export function addedJobs(task: string, rounds: number): readonly string[] {
  const names = Array.from({ length: rounds }, (_, index) => [changeJob(task, index + 1), reviewJob(task, index + 1)]);
  return [...names.flat().slice(1), conclusionJob(task)];
}
