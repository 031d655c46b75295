/** Files for tests in which ⟦ and ⟧ mark the place that a diagnostic must point at. */
import type { Diagnostic } from '../../shared/diagnostic.ts';
import { type Checked, checkConfig } from '../check-config.ts';
import type { PathProbe } from '../checks/paths.ts';
import type { Config } from '../config.ts';
import type { Overrides } from '../overrides.ts';

export interface Marked {
  readonly text: string;
  /** `line:column-line:column` of each mark. */
  readonly places: readonly string[];
}

export function readMarks(marked: string): Marked {
  const places: string[] = [];
  let text = '';
  let start = '';
  for (const char of marked) {
    const lines = text.split('\n');
    const here = `${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
    if (char === '⟦') start = here;
    else if (char === '⟧') places.push(`${start}-${here}`);
    else text += char;
  }
  return { text, places };
}

export function placeOf({ at }: Diagnostic): string {
  const range = at?.range;
  if (range === undefined) return 'file';
  return `${range.start.line}:${range.start.column}-${range.end.line}:${range.end.column}`;
}

/** Every prompt is there unless `probe` says otherwise. */
export function check(text: string, more: Overrides & { readonly probe?: PathProbe } = {}): Checked {
  return checkConfig({ probe: () => 'file', ...more, file: 'o.yaml', text });
}

/** @throws when the file has an error. */
export function configOf(text: string, overrides: Overrides = {}): Config {
  const { config, diagnostics } = check(text, overrides);
  if (config === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return config;
}
