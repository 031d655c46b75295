/** `defaults.run` of a job. */
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { evaluateNode, isJsonObject, type Node, type Scope } from '../../workflow/index.ts';
import type { ScriptSettings } from '../steps/index.ts';

/** Of the whole `defaults` only `run` means something; a job's replaces the workflow's. */
export function readDefaults(node: Node | undefined, scope: Scope): Result<ScriptSettings['defaults'], Failure> {
  if (node === undefined) return ok({});
  const defaults = evaluateNode(node, scope);
  if (!defaults.ok) return err({ code: 'expression', message: `defaults: ${defaults.error.message}` });
  const run = isJsonObject(defaults.value) ? defaults.value['run'] : undefined;
  const text = (key: string): string => {
    const value = isJsonObject(run) ? run[key] : undefined;
    return typeof value === 'string' ? value : '';
  };
  return ok({ shell: text('shell'), 'working-directory': text('working-directory') });
}
