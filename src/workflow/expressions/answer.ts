/** Evaluates one expression for people and programs that ask, as `orch eval` does. */
import { isJsonObject, type Json } from '../json.ts';
import { dataFromJson, dataToJson, type Kind, kindOf } from './data.ts';
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
  const converted = contextsFromJson(contexts ?? {});
  if (typeof converted === 'string') return failed('evaluation', converted);
  const parsed = parseExpression(withoutBraces(text), { contexts: Object.keys(converted), functions: [] });
  if (!parsed.ok) return failed(parsed.error.kind, parsed.error.message);
  const value = evaluateExpression(parsed.value, { contexts: converted, functions: {} });
  if (!value.ok) return failed(value.error.kind, value.error.message);
  return { kind: kindOf(value.value), value: dataToJson(value.value) };
}

/** A string is what is wrong with them. */
function contextsFromJson(contexts: { readonly [key: string]: Json }) {
  try {
    return Object.fromEntries(Object.entries(contexts).map(([name, json]) => [name.toLowerCase(), dataFromJson(json)]));
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
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
