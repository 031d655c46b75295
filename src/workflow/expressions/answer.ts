/** Evaluates one expression for people and programs that ask, as `orch eval` does. */
import { isJsonObject, type Json } from '../json.ts';
import { type Data, dataToJson, type Kind, kindOf, readJsonData } from './data.ts';
import { evaluateExpression } from './evaluate.ts';
import type { ExpressionFault } from './fault.ts';
import { parseExpression } from './names.ts';
import { splitText } from './segments.ts';

export type Answer =
  | { readonly kind: Kind; readonly value: Json }
  | { readonly error: Pick<ExpressionFault, 'kind' | 'message'> };

/** The expression may stand in `${{ }}`. Every key of `contexts` is a name that it may use. */
export function evaluateForPeople(text: string, contexts: Json | undefined): Answer {
  if (contexts !== undefined && !isJsonObject(contexts)) return failed('evaluation', 'The contexts must be an object');
  const values: [string, Data][] = [];
  for (const [name, json] of Object.entries(contexts ?? {})) {
    const data = readJsonData(json);
    if (!data.ok) return failed('evaluation', data.error);
    values.push([name.toLowerCase(), data.value]);
  }
  const scope = { contexts: Object.fromEntries(values), functions: {} };
  const parsed = parseExpression(withoutBraces(text), { contexts: Object.keys(scope.contexts), functions: [] });
  if (!parsed.ok) return failed(parsed.error.kind, parsed.error.message);
  const value = evaluateExpression(parsed.value, scope);
  if (!value.ok) return failed(value.error.kind, value.error.message);
  return { kind: kindOf(value.value), value: dataToJson(value.value) };
}

function withoutBraces(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith('${{')) return text;
  const segments = splitText(trimmed);
  const only = segments.ok && segments.value.length === 1 ? segments.value[0] : undefined;
  return only?.text ?? text;
}

function failed(kind: ExpressionFault['kind'], message: string): Answer {
  return { error: { kind, message } };
}
