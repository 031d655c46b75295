/** A migration: its own names, what may depend on what, and what its tasks cannot have. */
import { type Text, textsOf } from '../nodes.ts';
import { GATE, PROPOSAL } from '../pipelines/migration/index.ts';
import { type FileView, type Finding, type TaskView, tasksByName } from '../view.ts';
import { quote } from '../wording.ts';

export function checkMigration(view: FileView): readonly Finding[] {
  if (view.tasks.every(({ isProposing }) => isProposing !== true)) return [];
  const byName = tasksByName(view);
  return [
    ...view.tasks.flatMap(checkName),
    ...view.tasks.flatMap((task) => dependenciesOf(task).flatMap((name) => checkDependency(task, name, byName))),
    ...view.tasks.flatMap(checkReview),
  ];
}

function dependenciesOf(task: TaskView): readonly Text[] {
  return textsOf(task.own('depends_on'));
}

function checkName({ name }: TaskView): readonly Finding[] {
  if (name === undefined || ![GATE, PROPOSAL].includes(name.text.toLowerCase())) return [];
  const message = `${quote(name.text)} is what a job of the migration is called`;
  return [{ code: 'duplicate-name', message, at: name.node.at, hint: 'give the task another name' }];
}

function checkDependency(
  task: TaskView,
  { text, node }: Text,
  byName: ReadonlyMap<string, TaskView>,
): readonly Finding[] {
  const fault = faultOf(task, text.toLowerCase(), byName.get(text.toLowerCase()));
  if (fault === undefined) return [];
  return [{ code: 'migration-dependency', message: `${quote(text)} ${fault.why}`, at: node.at, hint: fault.hint }];
}

interface Fault {
  readonly why: string;
  readonly hint: string;
}

function faultOf(task: TaskView, name: string, needed: TaskView | undefined): Fault | undefined {
  if (name === PROPOSAL)
    return { why: 'comes before the approval', hint: `depend on ${quote(GATE)}, which waits for it` };
  if (task.isProposing === true) {
    if (name === GATE) return { why: 'waits for what this task proposes', hint: 'move the task to "tasks"' };
    if (needed === undefined || needed.isProposing === true) return undefined;
    return { why: 'is no task of the migration, which may change other files', hint: 'move it to "migration.tasks"' };
  }
  if (needed?.isProposing !== true) return undefined;
  return { why: 'is a task of the migration, which comes before the approval', hint: `depend on ${quote(GATE)}` };
}

/** A review is about a change of the code, and leaves its reports in a folder of its own. */
function checkReview(task: TaskView): readonly Finding[] {
  const own = task.own('review');
  if (task.isProposing !== true || own === undefined || (own.kind === 'scalar' && own.value === false)) return [];
  const message = 'what a task of the migration proposes is reviewed by whoever approves it';
  return [{ code: 'not-reviewable', message, at: own.at, hint: 'leave out "review" here' }];
}
