/** `if`: an expression even without braces, which the schema cannot see. */
import { checkCondition, dataToString, hasExpression } from '../expressions/index.ts';
import type { Node, ScalarNode } from '../model.ts';
import { scalarOf } from '../nodes.ts';
import type { Faults } from './faults.ts';
import type { Schema } from './schema/definitions.ts';
import { vocabularyOf } from './schema/definitions.ts';

/** `type` names the definition in the schema that says which contexts there are. */
export function readCondition(
  node: Node | undefined,
  type: string,
  { schema, faults }: Conditions,
): ScalarNode | undefined {
  const condition = scalarOf(node);
  if (condition === undefined) return undefined;
  const text = dataToString(condition.value).trim();
  if (!hasExpression(text)) {
    const [fault] = checkCondition(condition, vocabularyOf(schema.definition(type).context));
    if (fault !== undefined) faults.error('expression', fault.message, condition);
  } else if (isText(text)) {
    const message = 'Text beside the ${{ }} makes this condition a text, which is always true';
    faults.warning('always-true', message, condition);
  }
  return condition;
}

export interface Conditions {
  readonly schema: Schema;
  readonly faults: Faults;
}

function isText(text: string): boolean {
  return !text.startsWith('${{') || text.indexOf('}}') !== text.length - 2;
}
