/** Tasks that are reviewed: by a command, as jobs that have names of their own, and with something to look at. */
import { numberOf, scalarOf, type Text, valueOf } from '../nodes.ts';
import { addedJobs, MOST_ROUNDS } from '../pipelines/review/index.ts';
import { type FileView, type Finding, type TaskView, viewReviewer } from '../view.ts';
import { quote } from '../wording.ts';

/** Characters that the name of a job may have. */
const LONGEST_NAME = 99;

export function checkReviews(view: FileView): readonly Finding[] {
  const reviewed = view.tasks.flatMap((task) => {
    const reviewer = viewReviewer(task, view.root);
    return reviewer === undefined ? [] : [{ task, reviewer }];
  });
  const names = namesOf(view);
  return [
    ...reviewed.flatMap(({ task, reviewer }) => [
      ...checkCommand(task, reviewer),
      ...checkObject(task),
      ...checkJobs(task, reviewer, names),
    ]),
    ...(reviewed.length === 0 ? idle(view) : []),
  ];
}

function at(task: TaskView): Finding['at'] {
  return task.value('review')?.at;
}

function checkCommand(task: TaskView, reviewer: TaskView): readonly Finding[] {
  if (reviewer.value('command') !== undefined) return [];
  return [
    {
      code: 'missing-key',
      message: `${nameOf(task)} is to be reviewed, and nothing says by which command`,
      at: at(task),
      hint: 'write "review: { command: … }" at the top of the file for all tasks, or here for this one',
    },
  ];
}

/** What cannot be reviewed, and why. */
function checkObject(task: TaskView): readonly Finding[] {
  const value = (key: string): unknown => scalarOf(task.value(key))?.value;
  const why =
    task.own('matrix') !== undefined
      ? 'the legs of a matrix share their outputs, so that there is one verdict for all; write them as tasks'
      : value('commit') === false
        ? 'with "commit: false" it passes nothing on that could be approved'
        : value('changes') === 'forbidden'
          ? 'with "changes: forbidden" it cannot leave review/handoff.md'
          : undefined;
  return why === undefined
    ? []
    : [{ code: 'not-reviewable', message: `${nameOf(task)} cannot be reviewed: ${why}`, at: at(task) }];
}

/** Names of tasks, and of the jobs that reviews add to them, in lower case, with the task that each comes from. */
function namesOf(view: FileView): ReadonlyMap<string, Text> {
  const names = new Map<string, Text>();
  for (const { name } of view.tasks) if (name !== undefined) names.set(name.text.toLowerCase(), name);
  return names;
}

function checkJobs(task: TaskView, reviewer: TaskView, names: ReadonlyMap<string, Text>): readonly Finding[] {
  const name = task.name?.text;
  if (name === undefined) return [];
  const rounds = Math.min(numberOf(reviewer.value('max_rounds')) ?? 1, MOST_ROUNDS);
  return addedJobs(name, rounds).flatMap((job): readonly Finding[] => {
    if (job.length > LONGEST_NAME)
      return [
        {
          code: 'bad-name',
          message: `${quote(name)} is too long for its review: the job ${quote(job)} has more than ${LONGEST_NAME} characters`,
          at: task.name?.node.at,
        },
      ];
    const taken = names.get(job.toLowerCase());
    if (taken === undefined) return [];
    return [
      {
        code: 'duplicate-name',
        message: `${quote(taken.text)} is what a job of the review of ${quote(name)} is called`,
        at: taken.node.at,
        hint: 'give the task another name',
        related: [{ message: 'the review is asked for here', at: at(task) }],
      },
    ];
  });
}

function idle(view: FileView): readonly Finding[] {
  const node = valueOf(view.root, 'review');
  if (node === undefined) return [];
  const message = '"review" says how tasks are reviewed, and no task is';
  return [{ severity: 'warning', code: 'no-effect', message, at: node.at, hint: 'a task asks for it: "review: true"' }];
}

function nameOf({ name }: TaskView): string {
  return name === undefined ? 'this task' : quote(name.text);
}
