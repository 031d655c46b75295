/** Diagnostics that point into a YAML text. */
import type { Diagnostic } from '../shared/diagnostic.ts';
import type { ComposedText, YamlOffsets } from '../shared/yaml.ts';

export interface Source {
  readonly file: string;
  readonly rangeOf: ComposedText['rangeOf'];
}

export function problem({ file, rangeOf }: Source, code: string, message: string, offsets: YamlOffsets): Diagnostic {
  return { severity: 'error', code, message, at: { file, range: rangeOf(offsets) } };
}
