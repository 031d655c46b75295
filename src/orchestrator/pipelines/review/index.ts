/** Independent review: the jobs that it adds to a task. */
export { type Review, withReviews } from './jobs.ts';
export { addedJobs, MOST_ROUNDS } from './names.ts';
