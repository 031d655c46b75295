/** Carries out what a step asks for by its output and its command files. */
import { type CommandEffect, createAnnotationLimit } from '../commands/index.ts';
import type { StepCall } from './handler.ts';
import { type JobPlace, writeLines } from './job-place.ts';

export interface StageEffects {
  /** In order. A promise when the log is behind: wait for it before the next. */
  apply(effects: readonly CommandEffect[]): void | Promise<void>;
  outputs(): Readonly<Record<string, string>>;
  /** The last error that was told of; undefined while there is none. */
  lastError(): string | undefined;
  /** Why the first command that could not be carried out was not; undefined while there is none. */
  failed(): string | undefined;
}

interface Asking {
  readonly place: JobPlace;
  readonly call: StepCall;
  readonly state: Map<string, string>;
}

export function createEffects({ place, call, state }: Asking): StageEffects {
  const outputs = new Map<string, string>();
  const limit = createAnnotationLimit();
  let failed: string | undefined;
  let lastError: string | undefined;
  const one: { readonly [T in CommandEffect['type']]: (effect: Extract<CommandEffect, { type: T }>) => string[] } = {
    output: ({ line }) => [line],
    debug: ({ message }) => (place.debug ? [`##[debug]${message}`] : []),
    annotation: ({ annotation, line }) => {
      // Masked before it is cut: of a secret at the end of what is kept some would stay otherwise.
      const kept = limit({ ...annotation, message: place.masker.maskText(annotation.message) });
      if (kept !== undefined) call.tell({ type: 'annotation', annotation: kept });
      if (annotation.level === 'error') lastError = annotation.message;
      return [line];
    },
    mask: ({ value }) => (place.masker.add(value), []),
    'set-env': ({ name, value }) => (place.made.env.set(name, value), []),
    'set-output': ({ name, value }) => (outputs.set(name, value), []),
    'save-state': ({ name, value }) => (state.set(name, value), []),
    'add-path': ({ path }) => (place.made.path.push(path), []),
    summary: ({ text }) => (call.tell({ type: 'step.summary', markdown: text }), []),
    failed: ({ message }) => {
      failed ??= message;
      return [];
    },
  };
  const perform = <T extends CommandEffect['type']>(effect: Extract<CommandEffect, { type: T }>): string[] =>
    one[effect.type as T](effect);
  return {
    apply: (effects) =>
      writeLines(
        place,
        effects.flatMap((effect) => perform(effect)),
      ),
    outputs: () => Object.fromEntries(outputs),
    lastError: () => lastError,
    failed: () => failed,
  };
}
