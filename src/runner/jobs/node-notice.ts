/** Says once in a job that its actions run on another Node than they ask for. */
import type { Action } from '../../workflow/index.ts';

/** GitHub no longer has these either, and takes the next. */
const REPLACED: Readonly<Record<string, string>> = { node12: 'node20', node16: 'node20' };

export function nodeNotice(
  tell: (line: string) => void,
  version: string = process.versions.node,
): (runs: Action['runs']) => void {
  let said = false;
  return (runs) => {
    if (said || runs.kind !== 'node') return;
    const wanted = REPLACED[runs.using] ?? runs.using;
    if (wanted === `node${version.split('.', 1)[0]}`) return;
    said = true;
    tell(`[orch] an action asks for ${runs.using}; all actions run on the Node that runs orch, ${version}`);
  };
}
