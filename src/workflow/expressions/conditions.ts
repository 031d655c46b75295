/** The rules of `if`: braces are optional, and without a status function the condition also means `success()`. */
import { err, ok, type Result } from '../../shared/result.ts';
import type { ScalarNode } from '../model.ts';
import { STATUS_FUNCTIONS } from './availability.ts';
import { dataToString, isTruthy } from './coercion.ts';
import { evaluateExpression, type Scope, vocabularyOf } from './evaluate.ts';
import { parseExpression } from './names.ts';
import { formatCall, hasExpression, splitText } from './segments.ts';
import { parseSyntax } from './syntax.ts';
import type { NodeFault } from './template.ts';
import { calledFunctions } from './tree.ts';

/**
 * The expression that a condition stands for, ready to be evaluated. What does not parse comes back as it is, so that
 * the message about it quotes what the user wrote.
 */
export function normalizeCondition(text: string | undefined): string {
  const expression = conditionExpression(text ?? '');
  if (expression === '') return 'success()';
  if (!parseSyntax(expression).ok || usesStatusFunction(expression)) return expression;
  return `success() && (${expression})`;
}

/** Whether the expression calls one of the functions, by default any status function. False when it does not parse. */
export function usesStatusFunction(text: string, names: readonly string[] = STATUS_FUNCTIONS): boolean {
  const parsed = parseSyntax(conditionExpression(text));
  if (!parsed.ok) return false;
  const called = calledFunctions(parsed.value);
  return names.some((name) => called.has(name.toLowerCase()));
}

/** Evaluates an `if`; an absent one is `success()`. */
export function evaluateCondition(condition: ScalarNode | undefined, scope: Scope): Result<boolean, NodeFault> {
  const { success } = scope.functions;
  if (condition === undefined && success !== undefined) return ok(isTruthy(success([])));
  const place = condition?.at ? { at: condition.at } : {};
  const text = conditionText(condition);
  // First as it was written, so that a message about it counts positions from its own start.
  const written = parseExpression(conditionExpression(text), vocabularyOf(scope));
  const parsed = written.ok ? parseExpression(normalizeCondition(text), vocabularyOf(scope)) : written;
  if (!parsed.ok) return err({ message: parsed.error.message, ...place });
  const value = evaluateExpression(parsed.value, scope);
  return value.ok ? ok(isTruthy(value.value)) : err({ message: value.error.message, ...place });
}

/** A condition as text: YAML makes `if: false` a boolean. */
export function conditionText(condition: ScalarNode | undefined): string {
  return condition ? dataToString(condition.value) : '';
}

/** A condition without its braces; '' when it is empty. What cannot be split comes back as it is. */
export function conditionExpression(text: string): string {
  const trimmed = text.trim();
  if (!hasExpression(trimmed)) return trimmed;
  const segments = splitText(trimmed);
  if (!segments.ok) return trimmed;
  const [first] = segments.value;
  // Text around the braces makes the whole a string, which is always true: GitHub's trap, kept as it is.
  return segments.value.length === 1 && first ? first.text : formatCall(segments.value);
}
