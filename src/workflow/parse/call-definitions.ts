/** What `workflow_call` declares: defaults that are of their input's type, names that are not taken. */
import { readInput } from '../input-definitions.ts';
import type { Node } from '../model.ts';
import { entriesOf, keyText, valueOf } from '../nodes.ts';
import type { Faults } from './faults.ts';
import { checkInputValue } from './input-value.ts';

export function checkCallDefinitions(event: Node, faults: Faults): void {
  for (const entry of entriesOf(valueOf(event, 'inputs'))) {
    const input = readInput(entry);
    if (input.default !== undefined) checkInputValue(input, input.default, faults);
  }
  for (const { key } of entriesOf(valueOf(event, 'secrets'))) {
    if (keyText(key).toUpperCase() !== 'GITHUB_TOKEN') continue;
    const reason = 'can not be used since it would collide with system reserved name';
    faults.error('reserved-name', `secret name \`${keyText(key)}\` within \`workflow_call\` ${reason}`, key);
  }
}
