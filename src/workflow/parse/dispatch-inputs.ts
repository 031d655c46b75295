/** The inputs of `workflow_dispatch`: choices with their options, defaults of the right type, not too many. */
import { type InputDefinition, readInput } from '../input-definitions.ts';
import type { MappingEntry, Node, ScalarNode } from '../model.ts';
import { entriesOf, entryOf, keyText, valueOf } from '../nodes.ts';
import type { Faults } from './faults.ts';

const MAX_INPUTS = 25;

export function checkDispatchInputs(event: Node, faults: Faults): void {
  const inputs = entryOf(event, 'inputs');
  const entries = entriesOf(inputs?.value);
  if (entries.length > MAX_INPUTS) {
    const message = `you may only define up to ${MAX_INPUTS} \`inputs\` for a \`workflow_dispatch\` event`;
    faults.error('too-many-inputs', message, inputs?.key);
  }
  for (const entry of entries) checkInput(entry, faults);
}

function checkInput(entry: MappingEntry, faults: Faults): void {
  const input = readInput(entry);
  const hasOptions = valueOf(entry.value, 'options') !== undefined;
  if (input.type === 'choice' && input.options.length === 0) {
    faults.error('input-options', "Missing 'options' for choice input", entry.value);
  }
  if (input.type !== 'choice' && hasOptions) {
    faults.error('input-options', "Input type is not 'choice', but 'options' is defined", entry.value);
  }
  if (input.default !== undefined) checkDefault(input, input.default, faults);
}

function checkDefault(input: InputDefinition, value: ScalarNode, faults: Faults): void {
  const text = keyText(value);
  if (input.type === 'choice' && input.options.length > 0 && !input.options.includes(text)) {
    const message = `The default '${text}' of the input '${input.name}' is not among its options`;
    faults.error('input-default', message, value);
  }
  if (input.type === 'boolean' && typeof value.value !== 'boolean')
    quotedOr(['true', 'false'].includes(text), value, faults);
  if (input.type === 'number' && typeof value.value !== 'number') quotedOr(isNumeric(text), value, faults);
}

/** GitHub takes the text of a boolean or number too: its form sends nothing but texts. */
function quotedOr(isQuoted: boolean, value: ScalarNode, faults: Faults): void {
  const text = keyText(value);
  if (isQuoted) faults.warning('input-default', `The default '${text}' is a text; leave the quotes out`, value);
  else faults.error('input-default', `Unexpected value '${text}'`, value);
}

function isNumeric(text: string): boolean {
  return text.trim() !== '' && !Number.isNaN(Number(text));
}
