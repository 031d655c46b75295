/** What a step's output and command files ask for, in the order in which it takes effect. */
import type { Severity } from '../../shared/diagnostic.ts';

export type CommandEffect =
  /** A line for the log, to be masked. */
  | { readonly type: 'output'; readonly line: string }
  /** For the log when debugging is on, behind `##[debug]`. */
  | { readonly type: 'debug'; readonly message: string }
  | AnnotationEffect
  /** A secret from now on. */
  | { readonly type: 'mask'; readonly value: string }
  | { readonly type: 'set-env'; readonly name: string; readonly value: string }
  | { readonly type: 'set-output'; readonly name: string; readonly value: string }
  | { readonly type: 'save-state'; readonly name: string; readonly value: string }
  /** An entry to come before all others of the PATH; an equal one that is there moves. */
  | { readonly type: 'add-path'; readonly path: string }
  /** Markdown for the run's summary, to be masked. */
  | { readonly type: 'summary'; readonly text: string }
  /** A command could not be carried out: the step fails whatever its exit code. */
  | { readonly type: 'failed'; readonly message: string };

export interface AnnotationEffect {
  readonly type: 'annotation';
  readonly annotation: Annotation;
  /** The line for the log, with its `##[error]`. */
  readonly line: string;
}

export interface Annotation {
  readonly level: Severity;
  readonly message: string;
  readonly title?: string;
  /** Relative to the repository when it lies in it, with `/`. */
  readonly file?: string;
  /** These four count from 1, as written. */
  readonly line?: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly endColumn?: number;
  /** What a problem matcher took for the rule's name. */
  readonly code?: string;
}

/** Shows an annotation in the log as well; `shown` when the log has other words for it. */
export function annotate(annotation: Annotation, shown = annotation.message): AnnotationEffect {
  return { type: 'annotation', annotation, line: `##[${annotation.level}]${shown}` };
}

/** GitHub's way to say that a command failed: what, then why, and the step with it. */
export function commandFailed(what: string, why: string): readonly CommandEffect[] {
  return [
    annotate({ level: 'error', message: `Unable to process ${what} successfully.` }),
    annotate({ level: 'error', message: why }),
    { type: 'failed', message: `Unable to process ${what} successfully: ${why}` },
  ];
}

/** How GitHub's runner complains of an empty value where there must be one. */
export function missingValue(name: string): string {
  return `Value cannot be null. (Parameter '${name}')`;
}

/** Names that a step may not set for the steps after it. */
export function isBlockedVariable(name: string): boolean {
  return name.toUpperCase() === 'NODE_OPTIONS';
}

/** Annotations of one level that are kept of a step, and characters of a message. */
const MAX_KEPT = 10;
const MAX_MESSAGE = 4096;

/** For one step: the annotation as it is kept, or undefined when there are enough of its level. */
export function createAnnotationLimit(): (annotation: Annotation) => Annotation | undefined {
  const kept = new Map<Severity, number>();
  return (annotation) => {
    const count = (kept.get(annotation.level) ?? 0) + 1;
    if (count > MAX_KEPT) return undefined;
    kept.set(annotation.level, count);
    return { ...annotation, message: annotation.message.slice(0, MAX_MESSAGE) };
  };
}
