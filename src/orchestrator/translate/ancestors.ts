/** What stands behind a task's dependencies, for tasks that may run although one of these was skipped. */
import { conditionText, usesStatusFunction } from '../../workflow/index.ts';
import type { Config, Task } from '../config.ts';

export type Ancestors = Readonly<Record<string, readonly string[]>>;

/**
 * Each dependency, direct or not, with its own. Undefined when the task cannot outlive a skipped one: without a status
 * function in its `if`, a task is skipped with its dependencies.
 */
export function ancestorsOf(task: Task, config: Config): Ancestors | undefined {
  const first = startsWith(task);
  if (first.length === 0 || task.if === undefined) return undefined;
  if (!usesStatusFunction(conditionText(task.if))) return undefined;
  const needs = new Map(config.tasks.map((other) => [other.name, other.shape?.behind ?? startsWith(other)]));
  const found = new Map<string, readonly string[]>();
  const waiting = [...first].reverse();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const own = needs.get(name);
    if (own === undefined || found.has(name)) continue;
    found.set(name, own);
    waiting.push(...[...own].reverse());
  }
  return Object.fromEntries(found);
}

/** The jobs whose results a task begins with. */
export function startsWith({ shape, dependsOn }: Task): readonly string[] {
  return shape?.startsWith ?? dependsOn;
}
