/** Whether the names that an expression uses exist where it stands. */
import { err, ok, type Result } from '../../shared/result.ts';
import { type ExpressionFault, faultAt } from './fault.ts';
import { parseSyntax } from './syntax.ts';
import type { Expression, Reference } from './tree.ts';

export interface FunctionSpec {
  readonly name: string;
  readonly minArgs: number;
  readonly maxArgs: number;
}

/** The names that exist at one place of a workflow, beside the functions of the language itself. */
export interface Vocabulary {
  readonly contexts: readonly string[];
  readonly functions: readonly FunctionSpec[];
}

/** Parses and checks names, without regard to case. The first fault, in reading order, is the answer. */
export function parseExpression(text: string, vocabulary: Vocabulary): Result<Expression, ExpressionFault> {
  const parsed = parseSyntax(text);
  if (!parsed.ok) return parsed;
  const [fault] = checkNames(parsed.value, vocabulary);
  return fault ? err(fault) : ok(parsed.value);
}

export function checkNames(expression: Expression, vocabulary: Vocabulary): readonly ExpressionFault[] {
  return expression.references.flatMap((reference) => {
    const problem =
      reference.kind === 'context' ? checkContext(reference, vocabulary) : checkCall(reference, vocabulary);
    if (problem === undefined) return [];
    const token = { text: reference.name, position: reference.position, expression: expression.text };
    return [faultAt('parsing', problem, token)];
  });
}

function checkContext(reference: Reference, { contexts }: Vocabulary): string | undefined {
  const name = reference.name.toLowerCase();
  return contexts.some((context) => context.toLowerCase() === name) ? undefined : 'Unrecognized named-value';
}

function checkCall(reference: Reference, { functions }: Vocabulary): string | undefined {
  const name = reference.name.toLowerCase();
  const spec = functions.find((candidate) => candidate.name.toLowerCase() === name);
  if (!spec) return 'Unrecognized function';
  if (reference.count < spec.minArgs) return 'Too few parameters supplied';
  return reference.count > spec.maxArgs ? 'Too many parameters supplied' : undefined;
}
