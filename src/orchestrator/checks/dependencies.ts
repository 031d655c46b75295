/** `depends_on`: every name is a task, none is the task itself, and nothing goes round in circles. */
import { nearest } from '../../shared/diagnostic.ts';
import { analyzeGraph, describeCycle } from '../../workflow/index.ts';
import { type Text, textsOf } from '../nodes.ts';
import { GATE, PROPOSAL } from '../pipelines/migration/index.ts';
import { type FileView, type Finding, type TaskView, tasksByName } from '../view.ts';
import { quote } from '../wording.ts';

export function checkDependencies(view: FileView): readonly Finding[] {
  const tasks = tasksByName(view);
  const names = new Map([...tasks].map(([key, { name }]) => [key, name?.text ?? '']));
  // Which of its jobs may be waited for is looked at apart.
  if (view.tasks.some(({ isProposing }) => isProposing === true))
    for (const job of [GATE, PROPOSAL]) names.set(job, job);
  return [...view.tasks.flatMap((task) => checkNames(task, names)), ...checkCycles(tasks)];
}

function checkNames(task: TaskView, names: ReadonlyMap<string, string>): readonly Finding[] {
  return dependenciesOf(task).flatMap((dependency) => {
    const { text, node } = dependency;
    if (isItself(task, dependency)) {
      return { code: 'self-dependency', message: `${quote(text)} depends on itself`, at: node.at };
    }
    if (names.has(text.toLowerCase())) return [];
    const own = task.name?.text;
    const hint = (): string | undefined => {
      const near = nearest(
        text,
        [...names.values()].filter((name) => name !== own),
      );
      return near === undefined ? undefined : `did you mean ${quote(near)}?`;
    };
    return { code: 'unknown-dependency', message: `there is no task ${quote(text)} to depend on`, at: node.at, hint };
  });
}

function isItself(task: TaskView, dependency: Text): boolean {
  return task.name?.text.toLowerCase() === dependency.text.toLowerCase();
}

function dependenciesOf(task: TaskView): readonly Text[] {
  return textsOf(task.own('depends_on'));
}

/** Circles in one file, and steps of one circle, that are worth reading. */
const MAX_CYCLES = 20;
const MAX_STEPS = 10;

function shorten(cycle: readonly string[]): readonly string[] {
  return cycle.length <= 2 * MAX_STEPS ? cycle : [...cycle.slice(0, MAX_STEPS), '…', ...cycle.slice(-MAX_STEPS)];
}

/** Each circle once, at the dependency that begins it; the others of the circle are named as related places. */
function checkCycles(tasks: ReadonlyMap<string, TaskView>): readonly Finding[] {
  const graph = [...tasks.values()].map((task) => ({
    id: task.name?.text ?? '',
    // A task that depends on itself has been told so in clearer words.
    needs: dependenciesOf(task)
      .filter((dependency) => !isItself(task, dependency))
      .map(({ text }) => text),
  }));
  const { cycles } = analyzeGraph(graph);
  return cycles.slice(0, MAX_CYCLES).map((cycle) => {
    const edges = cycle.slice(1).map((to, index) => {
      const from = tasks.get(cycle[index]?.toLowerCase() ?? '');
      const item = from && dependenciesOf(from).find(({ text }) => text.toLowerCase() === to.toLowerCase());
      return { message: `${quote(cycle[index] ?? '')} depends on ${quote(to)} here`, at: item?.node.at };
    });
    const [first, ...related] = edges;
    return {
      code: 'dependency-cycle',
      message: `the tasks depend on each other in a circle: ${describeCycle(shorten(cycle))}`,
      at: first?.at,
      related: related.slice(0, MAX_STEPS),
    };
  });
}
