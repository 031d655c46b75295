/** The file as the checks see it: tasks with their defaults, read from a tree that may be wrong anywhere. */
import type { Diagnostic, Severity } from '../shared/diagnostic.ts';
import type { SourceRange } from '../shared/source.ts';
import { hasExpression, type Node, type ScalarNode } from '../workflow/index.ts';
import { entryOf, itemsOf, type Text, textOf, valueOf } from './nodes.ts';
import { PER_TASK_KEYS } from './vocabulary.ts';

export interface FileView {
  readonly file: string;
  readonly root: Node;
  readonly tasks: readonly TaskView[];
}

export interface TaskView {
  readonly node: Node;
  /** Absent while the task has no name that is text. */
  readonly name?: Text;
  /** The task's own value, else the one in `defaults`. */
  readonly value: (key: string) => Node | undefined;
  /** The task's own value alone. */
  readonly own: (key: string) => Node | undefined;
}

export function viewFile(root: Node, file: string): FileView {
  const defaults = valueOf(root, 'defaults');
  const tasks = itemsOf(valueOf(root, 'tasks')).map((node) => viewTask(node, defaults));
  return { file, root, tasks };
}

function viewTask(node: Node, defaults: Node | undefined): TaskView {
  const own = (key: string): Node | undefined => valueOf(node, key);
  const name = textOf(own('name'));
  return {
    node,
    ...(name === undefined ? {} : { name }),
    own,
    value: (key) => own(key) ?? (PER_TASK_KEYS.includes(key) ? undefined : valueOf(defaults, key)),
  };
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

/** Every place where a task key may be written, each once: `defaults`, then the tasks. */
export function taskMappings(view: FileView): readonly Node[] {
  const defaults = valueOf(view.root, 'defaults');
  return [...(defaults === undefined ? [] : [defaults]), ...view.tasks.map((task) => task.node)];
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
