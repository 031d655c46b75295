/** Whether two workflows are one, whatever the places where they were written. */
import type { Workflow } from '../workflow/index.ts';

/** Where they part, as a path such as `jobs.api.steps.0.with`; undefined when they do not. */
export function whereTheyDiffer(one: Workflow, other: Workflow): string | undefined {
  return firstDifference(one, other, [])?.join('.');
}

function firstDifference(one: unknown, other: unknown, path: readonly string[]): readonly string[] | undefined {
  if (!isObject(one) || !isObject(other)) return Object.is(one, other) ? undefined : path;
  if (Array.isArray(one) !== Array.isArray(other)) return path;
  for (const key of new Set([...keysOf(one), ...keysOf(other)])) {
    const found = firstDifference(one[key], other[key], [...path, nameOf(one, key)]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function keysOf(value: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(value).filter((key) => key !== 'at' && value[key] !== undefined);
}

/** A job is known by its id, not by its number. */
function nameOf(list: Readonly<Record<string, unknown>>, key: string): string {
  const item = list[key];
  const id = Array.isArray(list) && isObject(item) ? item['id'] : undefined;
  return typeof id === 'string' ? id : key;
}
