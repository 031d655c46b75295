/** What stands for the labels of runners: images, or this machine; from the command line and the orchestrator.yaml. */
import { existsSync } from 'node:fs';
import { hasErrors } from '../../shared/diagnostic.ts';
import { UsageError } from '../explain.ts';
import { pairs } from '../load.ts';
import { configFile } from '../root.ts';
import { showDiagnostics } from '../show-diagnostics.ts';

/** By label in lower case: an image, or `HOST`. */
export type Platforms = Readonly<Record<string, string>>;

/** What stands for this machine among images. */
export const HOST = 'host';

/** act's word for it. */
export const ACTS_HOST = '-self-hosted';

/** `LABEL=IMAGE` texts, of which the last of a label counts. Throws `UsageError`; `option` is where they come from. */
export function readPlatforms(texts: readonly string[] | undefined, option: string): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(pairs(texts, option)).map(([label, place]) => {
      if (place === ACTS_HOST) return [label.toLowerCase(), HOST];
      if (/^[\w][\w./:@-]*$/.test(place)) return [label.toLowerCase(), place];
      throw new UsageError(`${option} ${label}=${place}: "${place}" is no image`, {
        hint: `run its jobs on this machine: --platform ${label}=${HOST}`,
      });
    }),
  );
}

/**
 * Those of the repository's orchestrator.yaml, where it has one. Undefined when they cannot be read, which has been said
 * then: jobs that were meant for an image must not run on this machine.
 */
export async function configuredPlatforms(root: string): Promise<Platforms | undefined> {
  const file = configFile(root, undefined);
  if (!existsSync(file)) return {};
  const { loadPlatforms } = await import('../../orchestrator/index.ts');
  const { platforms, diagnostics, text } = loadPlatforms(file);
  showDiagnostics(diagnostics, new Map([[file, text]]));
  return hasErrors(diagnostics) ? undefined : platforms;
}
