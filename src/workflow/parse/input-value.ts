/** Whether a literal can be the value of an input: GitHub turns anything into a text, but nothing into another type. */
import type { InputDefinition } from '../input-definitions.ts';
import type { Node } from '../model.ts';
import { isExpression, keyText } from '../nodes.ts';
import type { Faults } from './faults.ts';

export function checkInputValue({ type }: InputDefinition, value: Node, faults: Faults): void {
  if (value.kind !== 'scalar' || isExpression(value)) return;
  const isTyped = type === 'boolean' || type === 'number';
  if (isTyped && typeof value.value !== type) {
    faults.error('unexpected-value', `Unexpected value '${keyText(value)}'`, value);
  }
}
