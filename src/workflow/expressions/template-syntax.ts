/** What the text of a scalar is, once its expressions are parsed. */
import { err, ok, type Result } from '../../shared/result.ts';
import { formatCall, hasExpression, type Segment, splitText } from './segments.ts';
import { parseSyntax } from './syntax.ts';
import { type Expression, MAX_LENGTH } from './tree.ts';

export type Template =
  /** No expression in it. */
  | { readonly kind: 'text'; readonly text: string }
  /** One expression and nothing else: the value keeps its type. */
  | { readonly kind: 'value'; readonly expression: Expression }
  /** Text and expressions: always a string. */
  | { readonly kind: 'mixed'; readonly parts: readonly (string | Expression)[] }
  /** `${{ insert }}`, which is only allowed as a mapping's key. */
  | { readonly kind: 'insert' };

/** The error is a sentence. */
export function readTemplate(text: string): Result<Template, string> {
  if (!hasExpression(text)) return ok({ kind: 'text', text });
  const segments = splitText(text);
  if (!segments.ok) return segments;
  return segments.value.length === 1 ? readSingle(segments.value) : readMixed(segments.value);
}

function readSingle([segment]: readonly Segment[]): Result<Template, string> {
  if (segment?.text === 'insert') return ok({ kind: 'insert' });
  const parsed = parseSyntax(segment?.text ?? '');
  return parsed.ok ? ok({ kind: 'value', expression: parsed.value }) : err(parsed.error.message);
}

function readMixed(segments: readonly Segment[]): Result<Template, string> {
  const parts: (string | Expression)[] = [];
  for (const { kind, text } of segments) {
    if (kind === 'text') {
      parts.push(text);
      continue;
    }
    if (text === 'insert') return err("The directive 'insert' is not allowed in the middle of a text");
    const parsed = parseSyntax(text);
    if (!parsed.ok) return err(parsed.error.message);
    parts.push(parsed.value);
  }
  // On GitHub such a text is one call of `format`, and an expression has a limit.
  if (formatCall(segments).length > MAX_LENGTH) return err(`Exceeded max expression length ${MAX_LENGTH}`);
  return ok({ kind: 'mixed', parts });
}

/** The expressions of a template, in the order they are written. */
export function expressionsOf(template: Template): readonly Expression[] {
  if (template.kind === 'value') return [template.expression];
  return template.kind === 'mixed' ? template.parts.filter((part) => typeof part !== 'string') : [];
}
