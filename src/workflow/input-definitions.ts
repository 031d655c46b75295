/** What a workflow lets its starter say: inputs of `workflow_dispatch`; inputs, secrets and outputs of `workflow_call`. */
import type { MappingEntry, MappingNode, Node, ScalarNode, TextNode } from './model.ts';
import { entriesOf, entryOf, keyText, scalarOf, textOf, textsOf, valueOf } from './nodes.ts';

const INPUT_TYPES = ['string', 'boolean', 'number', 'choice', 'environment'] as const;
export type InputType = (typeof INPUT_TYPES)[number];

export interface InputDefinition {
  readonly name: string;
  readonly type: InputType;
  readonly required: boolean;
  /** May hold an expression in `workflow_call`. */
  readonly default?: ScalarNode;
  readonly description?: string;
  /** Of a `choice`. */
  readonly options: readonly string[];
}

export interface SecretDefinition {
  readonly name: string;
  readonly required: boolean;
}

export interface OutputDefinition {
  readonly name: string;
  /** Evaluated with `github`, `inputs`, `vars` and `jobs`. */
  readonly value: ScalarNode;
}

export interface CallDefinitions {
  readonly inputs: readonly InputDefinition[];
  readonly secrets: readonly SecretDefinition[];
  readonly outputs: readonly OutputDefinition[];
}

/** Undefined when the workflow cannot be started by hand. */
export function readDispatchInputs(on: MappingNode): readonly InputDefinition[] | undefined {
  const event = entryOf(on, 'workflow_dispatch');
  return event && entriesOf(valueOf(event.value, 'inputs')).map(readInput);
}

/** Undefined when the workflow cannot be called. */
export function readCallDefinitions(on: MappingNode): CallDefinitions | undefined {
  const event = entryOf(on, 'workflow_call');
  if (event === undefined) return undefined;
  return {
    inputs: entriesOf(valueOf(event.value, 'inputs')).map(readInput),
    secrets: entriesOf(valueOf(event.value, 'secrets')).map(({ key, value }) => ({
      name: keyText(key),
      required: isTrue(valueOf(value, 'required')),
    })),
    outputs: entriesOf(valueOf(event.value, 'outputs')).flatMap(({ key, value }) => {
      const output = scalarOf(valueOf(value, 'value'));
      return output === undefined ? [] : [{ name: keyText(key), value: output }];
    }),
  };
}

export function readInput({ key, value }: MappingEntry): InputDefinition {
  const fallback = scalarOf(valueOf(value, 'default'));
  const description = textOf(valueOf(value, 'description'));
  return {
    name: keyText(key),
    type: typeOf(textOf(valueOf(value, 'type'))),
    required: isTrue(valueOf(value, 'required')),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(description === undefined ? {} : { description: description.value }),
    options: textsOf(valueOf(value, 'options')).map((option) => option.value),
  };
}

/** What an input is worth when neither its starter nor its definition says anything. */
export function emptyInput(type: InputType): string | number | boolean {
  if (type === 'boolean') return false;
  return type === 'number' ? 0 : '';
}

function typeOf(type: TextNode | undefined): InputType {
  return INPUT_TYPES.find((known) => known === type?.value) ?? 'string';
}

function isTrue(node: Node | undefined): boolean {
  return scalarOf(node)?.value === true;
}
