/** The inputs of an action: what the step gives, and the defaults of the rest. */
import { err, ok, type Result } from '../../shared/result.ts';
import { type Action, evaluateString, foldCase, type JsonObject } from '../../workflow/index.ts';
import type { StepCall } from '../steps/index.ts';

export interface ActionInputs {
  /** By the names of the manifest, and by those of the step for what the manifest does not know. */
  readonly values: Readonly<Record<string, string>>;
  /** What people should know. */
  readonly warnings: readonly string[];
}

/** The error says which default could not be evaluated. Names are compared without regard to case. */
export async function readInputs(
  { inputs, runs }: Action,
  call: StepCall,
  github: JsonObject,
): Promise<Result<ActionInputs, string>> {
  const given = new Map(Object.entries(call.inputs).map(([name, value]) => [foldCase(name), { name, value }]));
  const values: [string, string][] = [];
  const warnings: string[] = [];
  for (const { name, default: fallback, deprecationMessage } of inputs) {
    const own = given.get(foldCase(name));
    given.delete(foldCase(name));
    if (own !== undefined && deprecationMessage !== undefined)
      warnings.push(`Input '${name}' has been deprecated with message: ${deprecationMessage}`);
    if (own !== undefined) values.push([name, own.value]);
    else if (fallback === undefined) values.push([name, '']);
    else {
      const text = await call.evaluate((scope) => evaluateString(fallback, scope), github);
      if (!text.ok) return err(`the default of the input '${name}': ${text.error.message}`);
      values.push([name, text.value]);
    }
  }
  const declared = [...(runs.kind === 'docker' ? OF_DOCKER : []), ...inputs.map(({ name }) => name)];
  const known = new Set(declared.map(foldCase));
  const surplus = [...given].filter(([folded]) => !known.has(folded)).map(([, { name }]) => name);
  // An image alone declares none.
  const isImage = runs.kind === 'docker' && inputs.length === 0 && /^docker:/i.test(runs.image);
  if (surplus.length > 0 && !isImage) warnings.push(unexpected(surplus, declared));
  return ok({
    values: Object.fromEntries([...values, ...[...given.values()].map(({ name, value }) => [name, value])]),
    warnings,
  });
}

/** What every Docker action takes. */
const OF_DOCKER = ['entryPoint', 'args'];

function unexpected(names: readonly string[], declared: readonly string[]): string {
  const quote = (list: readonly string[]): string => list.map((name) => `'${name}'`).join(', ');
  return `Unexpected input(s) ${quote(names)}, valid inputs are [${quote(declared)}]`;
}
