/** The warnings of a run, each once: a task's come as events and again in its report, a reused one's in that alone. */
import type { RunView } from './view.ts';

export interface RunWarning {
  /** Absent when the run before told of it. */
  readonly code?: string;
  readonly leg?: string;
  readonly message: string;
}

/** Those told as events first, in their order. */
export function warningsOf(view: Pick<RunView, 'warnings' | 'legs'>): readonly RunWarning[] {
  const all: readonly RunWarning[] = [
    ...view.warnings,
    ...view.legs.flatMap(({ id, task }) => (task?.warnings ?? []).map((message) => ({ leg: id, message }))),
  ];
  const known = new Set<string>();
  return all.filter(({ leg = '', message }) => {
    const key = `${leg}\0${message}`;
    return !known.has(key) && known.add(key);
  });
}
