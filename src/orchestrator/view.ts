/** The file as the checks see it: tasks with their defaults, read from a tree that may be wrong anywhere. */
import type { Diagnostic, Severity } from '../shared/diagnostic.ts';
import type { SourceRange } from '../shared/source.ts';
import { hasExpression, type Node, type ScalarNode } from '../workflow/index.ts';
import { entryOf, itemsOf, mappingOf, scalarOf, type Text, textOf, valueOf } from './nodes.ts';
import { FRAMEWORK_REVIEW_KEYS, PER_TASK_KEYS } from './vocabulary.ts';

export interface FileView {
  readonly file: string;
  readonly root: Node;
  readonly tasks: readonly TaskView[];
  /** The mapping of `framework_review`. */
  readonly frameworkReview?: TaskView;
  /** All that runs a command of the user's in a worktree: the tasks, and what reviews them. */
  readonly workloads: readonly TaskView[];
}

export interface TaskView {
  readonly node: Node;
  /** Absent while the task has no name that is text. */
  readonly name?: Text;
  /** The task's own value, else the one in `defaults`. */
  readonly value: (key: string) => Node | undefined;
  /** The task's own value alone. */
  readonly own: (key: string) => Node | undefined;
  /** A task of the migration, before its gate. */
  readonly isProposing?: true;
}

export function viewFile(root: Node, file: string): FileView {
  const defaults = valueOf(root, 'defaults');
  const migration = valueOf(root, 'migration');
  const proposing = itemsOf(valueOf(migration, 'tasks')).map((node) =>
    viewProposing(viewTask(node, defaults), migration),
  );
  const tasks = itemsOf(valueOf(root, 'tasks')).map((node) => viewTask(node, defaults));
  const all = [...proposing, ...tasks];
  const review = mappingOf(valueOf(root, 'framework_review'));
  if (review === undefined) return { file, root, tasks: all, workloads: all };
  const frameworkReview = viewWork(review, defaults, (key) => FRAMEWORK_REVIEW_KEYS.includes(key));
  return { file, root, tasks: all, frameworkReview, workloads: [...all, frameworkReview] };
}

function viewTask(node: Node, defaults: Node | undefined): TaskView {
  const view = viewWork(node, defaults, (key) => !PER_TASK_KEYS.includes(key));
  const name = textOf(view.own('name'));
  return name === undefined ? view : { ...view, name };
}

/** `inherits`: whether it takes a key from `defaults`. */
function viewWork(node: Node, defaults: Node | undefined, inherits: (key: string) => boolean): TaskView {
  const own = (key: string): Node | undefined => valueOf(node, key);
  return { node, own, value: (key) => own(key) ?? (inherits(key) ? valueOf(defaults, key) : undefined) };
}

/** All of them share a sandbox unless they say otherwise, and a review that is for changes of the code is not for them. */
function viewProposing(task: TaskView, migration: Node | undefined): TaskView {
  return {
    ...task,
    isProposing: true,
    value: (key) => {
      if (key === 'review') return task.own(key);
      return key === 'sandbox' ? (task.own(key) ?? valueOf(migration, key) ?? task.value(key)) : task.value(key);
    },
  };
}

/** The reviewer of a task, as a task of its own: what the task says of its review, then what the file says of all. */
export function viewReviewer(task: TaskView, root: Node): TaskView | undefined {
  const asked = task.value('review');
  if (asked === undefined || (scalarOf(asked)?.value !== true && mappingOf(asked) === undefined)) return undefined;
  const shared = valueOf(root, 'review');
  return {
    node: asked,
    own: () => undefined,
    value: (key) => valueOf(asked, key) ?? valueOf(shared, key),
  };
}

/** Everything whose command is in the file: the tasks, their reviewers, and what reviews runs. */
export function commandViews(view: FileView): readonly TaskView[] {
  return [...view.workloads, ...view.tasks.flatMap((task) => viewReviewer(task, view.root) ?? [])];
}

/** Tasks by name in lower case; of several with one name the first. */
export function tasksByName(view: FileView): ReadonlyMap<string, TaskView> {
  const tasks = new Map<string, TaskView>();
  for (const task of view.tasks) {
    const key = task.name?.text.toLowerCase();
    if (key !== undefined && !tasks.has(key)) tasks.set(key, task);
  }
  return tasks;
}

/** Every place where a task key may be written, each once: `defaults`, the tasks, and what says how they are reviewed. */
export function taskMappings(view: FileView): readonly Node[] {
  const defaults = valueOf(view.root, 'defaults');
  const own = [...(defaults === undefined ? [] : [defaults]), ...view.workloads.map((work) => work.node)];
  const reviews = [view.root, ...own].flatMap((node) => mappingOf(valueOf(node, 'review')) ?? []);
  const migration = mappingOf(valueOf(view.root, 'migration'));
  return [...own, ...reviews, ...(migration === undefined ? [] : [migration])];
}

/** What a check found: everything of a diagnostic but the file. */
export interface Finding {
  readonly severity?: Severity;
  readonly code: string;
  readonly message: string;
  readonly at: SourceRange | undefined;
  /** A function when it takes a search: only what is shown is worth one. */
  readonly hint?: string | undefined | (() => string | undefined);
  readonly related?: readonly { readonly message: string; readonly at: SourceRange | undefined }[];
}

export type Check = (view: FileView) => readonly Finding[];

export function toDiagnostic(finding: Finding, file: string): Diagnostic {
  const { severity = 'error', code, message, at, related } = finding;
  const hint = typeof finding.hint === 'function' ? finding.hint() : finding.hint;
  const location = (range: SourceRange | undefined) => (range === undefined ? { file } : { file, range });
  return {
    severity,
    code,
    message,
    at: location(at),
    ...(hint === undefined ? {} : { hint }),
    ...(related === undefined
      ? {}
      : { related: related.map((place) => ({ message: place.message, at: location(place.at) })) }),
  };
}

/** The entry `key` of a mapping when its value is text. */
export function textEntry(node: Node, key: string): Text | undefined {
  return textOf(entryOf(node, key)?.value);
}

export function holdsExpression(node: ScalarNode): boolean {
  return typeof node.value === 'string' && hasExpression(node.value);
}
