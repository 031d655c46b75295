/** What an orchestrator.yaml says to runs of workflows: whether its tasks are right is no business of theirs. */
import { type Diagnostic, nearest } from '../shared/diagnostic.ts';
import { buildPlatforms } from './build-config.ts';
import { checkPlatforms } from './checks/platforms.ts';
import type { Config } from './config.ts';
import { gather } from './gathering.ts';
import { readText } from './load.ts';
import { entriesOf, keyText, mappingOf } from './nodes.ts';
import { checkSchema } from './schema-check.ts';
import { readYaml } from './yaml.ts';

export interface PlatformsLoad {
  readonly platforms: Config['platforms'];
  /** Of what cannot be read, and of `platforms` itself. */
  readonly diagnostics: readonly Diagnostic[];
  /** What was read, for excerpts. */
  readonly text: string;
}

/** Never throws for bad input. `file` must be there. */
export function loadPlatforms(file: string): PlatformsLoad {
  const read = readText(file);
  if (!read.ok) return { platforms: {}, diagnostics: [read.error], text: '' };
  const text = read.value;
  const { node, diagnostics } = readYaml(text, file);
  const whole = mappingOf(node);
  if (whole === undefined) return { platforms: {}, diagnostics, text };
  const entries = entriesOf(whole).filter(({ key }) => nearest(keyText(key), ['platforms']) !== undefined);
  if (entries.length === 0 && diagnostics.length === 0) return { platforms: {}, diagnostics, text };
  const root = { ...whole, entries };
  const faults = checkSchema(root, file).filter(({ code }) => code !== 'missing-key');
  const found = gather(file, [...diagnostics, ...faults], checkPlatforms({ root }));
  return { platforms: buildPlatforms(entries.find(isPlatforms)?.value), diagnostics: found.diagnostics, text };
}

function isPlatforms({ key }: ReturnType<typeof entriesOf>[number]): boolean {
  return keyText(key) === 'platforms';
}
