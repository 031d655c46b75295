/**
 * A reviewed task as jobs: the task, a reviewer a round with a fixer before each but the first, and a last job that
 * passes on what was approved. All are there from the beginning; a round that is not needed skips its steps, since a
 * job that is skipped would skip everything behind it.
 */

import { HANDOFF, REVIEW_FOLDER } from '../../../shared/handoff.ts';
import {
  conditionText,
  type MappingNode,
  type ScalarNode,
  scalar,
  usesStatusFunction,
} from '../../../workflow/index.ts';
import type { JobShape, Task } from '../../config.ts';
import { inputJson } from '../../input-json.ts';
import { scalarsOf } from '../../nodes.ts';
import { literal } from '../../translate/literal.ts';
import { ownJob } from '../own-job.ts';
import { changeJob, conclusionJob, reviewJob } from './names.ts';

export interface Review {
  /** At least 1. */
  readonly rounds: number;
  /** What the fixer runs; the task's own command when absent. */
  readonly fix?: string;
  /** Paths of the developer's own, which are neither shown nor passed on. */
  readonly notes: readonly string[];
  /** The reviewer as a task would be; its name and what it depends on do not count. */
  readonly reviewer: Task;
}

/** The tasks with the jobs of their reviews behind each. `reviews`: by the names of tasks. */
export function withReviews(tasks: readonly Task[], reviews: ReadonlyMap<string, Review>): readonly Task[] {
  return tasks
    .map((task) => behindReviews(task, reviews))
    .flatMap((task) => {
      const review = reviews.get(task.name);
      return review === undefined ? [task] : reviewedTask(task, review);
    });
}

/** What was not approved is not started from; outputs are still the task's own. */
function behindReviews(task: Task, reviews: ReadonlyMap<string, Review>): Task {
  if (!task.dependsOn.some((name) => reviews.has(name))) return task;
  return {
    ...task,
    dependsOn: task.dependsOn.flatMap((name) => (reviews.has(name) ? [name, conclusionJob(name)] : [name])),
    shape: { startsWith: task.dependsOn.map((name) => (reviews.has(name) ? conclusionJob(name) : name)) },
  };
}

function reviewedTask(task: Task, review: Review): readonly Task[] {
  const developed: Task = { ...task, shape: { ...task.shape, run: { documents: inputJson([HANDOFF]) } } };
  const rounds = Array.from({ length: review.rounds }, (_, index) => index + 1);
  return [
    developed,
    ...rounds.flatMap((round) => [
      ...(round === 1 ? [] : [fixer(developed, review, round)]),
      reviewer(developed, review, round),
    ]),
    conclusion(developed, review, rounds),
  ];
}

function fixer(task: Task, { fix }: Review, round: number): Task {
  const before = reviewJob(task.name, round - 1);
  const dependsOn = [...task.dependsOn, task.name, before];
  return {
    ...task,
    ...partOf(task, before),
    name: changeJob(task.name, round),
    description: `does what round ${round - 1} of the review of ${task.name} has asked for`,
    ...(fix === undefined ? {} : { command: fix }),
    dependsOn: [...new Set(dependsOn)],
    // They are about what the task changes as a whole.
    expect: [],
    changes: 'allowed',
    shape: {
      ...task.shape,
      startsWith: [before],
      stepsIf: isNeeded(before),
      run: { ...task.shape?.run, 'review-round': String(round) },
    },
  };
}

function reviewer(task: Task, { reviewer: own, notes }: Review, round: number): Task {
  const change = changeJob(task.name, round);
  const shape: JobShape = {
    startsWith: [],
    ...(round === 1 ? {} : { stepsIf: isNeeded(reviewJob(task.name, round - 1)) }),
    outputs: ['verdict', 'findings', 'provenance'],
    prepare: { 'start-of': task.name, change, ...noted(notes) },
    run: {
      writable: REVIEW_FOLDER,
      isolated: 'true',
      review: inputJson({ task: task.name, round }),
      'review-round': String(round),
    },
  };
  const before = round === 1 ? [] : [reviewJob(task.name, round - 1)];
  return {
    ...own,
    ...partOf(task, change),
    name: reviewJob(task.name, round),
    description: round === 1 ? `reviews ${task.name}` : `reviews ${task.name} once more, as ${change} left it`,
    dependsOn: [...new Set([...(mentionsNeeds(own.env) ? task.dependsOn : []), ...before, change])],
    artifacts: [`${REVIEW_FOLDER}/*.md`],
    ...(task.mutex === undefined ? {} : { mutex: task.mutex }),
    shape,
  };
}

function conclusion(task: Task, { notes }: Review, rounds: readonly number[]): Task {
  const reviews = rounds.map((round) => reviewJob(task.name, round));
  const changes = rounds.map((round) => changeJob(task.name, round));
  const verdicts = reviews.map((name) => `\${{ needs.${name}.outputs.verdict }}`).join(' ');
  return {
    ...ownJob(task),
    at: task.at,
    ...partOf(task, reviews.at(-1) ?? task.name),
    name: conclusionJob(task.name),
    description: `passes on what the review of ${task.name} approved`,
    command: '',
    dependsOn: [...changes, ...reviews],
    changes: 'allowed',
    shape: {
      startsWith: [],
      // What was not approved does not get to those that run all the same.
      behind: task.shape?.startsWith ?? task.dependsOn,
      prepare: { 'start-of': task.name },
      action: {
        name: 'conclude-review',
        inputs: { changes: inputJson(changes), verdicts, ...noted(notes.map(literal)) },
      },
    },
  };
}

function noted(notes: readonly string[]): { readonly notes?: string } {
  return notes.length === 0 ? {} : { notes: notes.join('\n') };
}

/** What the jobs of a review have of their task. `before`: the job that has to have ended well. */
function partOf(task: Task, before: string): Pick<Task, 'partOf' | 'continueOnError' | 'if'> {
  const { continueOnError } = task;
  return {
    partOf: task.name,
    ...(continueOnError === undefined ? {} : { continueOnError }),
    ...conditionOf(task, before),
  };
}

/** A task may run although something before it failed; what stands on it would be skipped for that. */
function conditionOf({ if: condition }: Task, before: string): { readonly if?: ScalarNode } {
  if (condition === undefined || !usesStatusFunction(conditionText(condition))) return {};
  return { if: scalar(`!cancelled() && needs.${before}.result == 'success'`) };
}

function isNeeded(review: string): string {
  return `needs.${review}.outputs.verdict == 'changes-requested'`;
}

/** The file's own variables may ask for results of what the task depends on. */
function mentionsNeeds(env: MappingNode): boolean {
  return scalarsOf(env).some(({ value }) => typeof value === 'string' && /\$\{\{.*\bneeds\b/is.test(value));
}
