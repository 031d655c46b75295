/**
 * Nodes against GitHub's schema: what is missing, unknown, doubled or of the wrong kind, and expressions that use what
 * is not there. The order of the rules is that of GitHub's own reader, since its messages follow from it. That reader is
 * not called: preparing its schema takes longer than all the rest of a start, and its TypeScript edition places and
 * words faults of expressions otherwise than github.com does. The tests hold this one against it.
 */
import { nearest } from '../../../shared/diagnostic.ts';
import type { MappingEntry, MappingNode, Node, ScalarNode, SequenceNode } from '../../model.ts';
import type { Faults } from '../faults.ts';
import { ANY, type Expected, type MappingDefinition, type Schema } from './definitions.ts';
import { checkScalar, readKey } from './scalars.ts';

interface Checking {
  readonly schema: Schema;
  readonly faults: Faults;
}

export function checkSchema(node: Node, type: string, schema: Schema, faults: Faults): void {
  const checking: Checking = { schema, faults };
  check(node, expect(checking, type, []), checking);
}

function expect({ schema }: Checking, name: string, around: readonly string[]): Expected {
  const definition = schema.definition(name);
  const added = definition.context.filter((item) => !around.includes(item));
  return { definition, context: added.length === 0 ? around : [...around, ...added] };
}

function check(node: Node, expected: Expected, checking: Checking): void {
  switch (node.kind) {
    case 'scalar':
      return checkScalar(node, expected, checking.faults);
    case 'sequence':
      return checkSequence(node, expected, checking);
    case 'mapping':
      return checkMapping(node, expected, checking);
  }
}

function checkSequence(node: SequenceNode, { definition, context }: Expected, checking: Checking): void {
  if (definition.sequence === undefined) {
    checking.faults.error('unexpected-sequence', 'A sequence was not expected', node);
    return;
  }
  const item = expect(checking, definition.sequence, context);
  for (const child of node.items) check(child, item, checking);
}

function checkMapping(node: MappingNode, expected: Expected, checking: Checking): void {
  if (expected.definition.mappings.length === 0) {
    checking.faults.error('unexpected-mapping', 'A mapping was not expected', node);
    return;
  }
  const reading = new MappingCheck(expected, checking);
  for (const entry of node.entries) reading.entry(entry);
  reading.finish(node);
}

class MappingCheck {
  readonly #expected: Expected;
  readonly #checking: Checking;
  /** The mappings that it may still be: each known key rules out those without it. */
  #candidates: readonly MappingDefinition[];
  readonly #seen = new Set<string>();
  #hasExpressionKey = false;

  constructor(expected: Expected, checking: Checking) {
    this.#expected = expected;
    this.#checking = checking;
    this.#candidates = expected.definition.mappings;
  }

  entry({ key, value }: MappingEntry): void {
    const { faults } = this.#checking;
    const name = readKey(key, this.#expected, faults);
    if (name === undefined) return this.#expressionEntry(key, value);
    if (this.#seen.has(name.toUpperCase())) {
      faults.error('duplicate-key', `'${name}' is already defined`, key);
      return;
    }
    this.#seen.add(name.toUpperCase());
    const type = this.#match(name);
    if (type !== undefined) return this.#check(value, type);
    const loose = this.#candidates[0]?.loose;
    if (loose === undefined) {
      faults.error('unexpected-value', `Unexpected value '${name}'`, key, this.#suggest(name));
      return;
    }
    checkScalar({ ...key, value: name }, this.#expect(loose.key), faults);
    this.#check(value, loose.value);
  }

  #expressionEntry(key: ScalarNode, value: Node): void {
    const { definition, context } = this.#expected;
    this.#hasExpressionKey = true;
    if (context.length === 0) {
      const message = 'A template expression is not allowed in this context';
      this.#checking.faults.error('expression', message, key);
      return;
    }
    const [only] = definition.mappings;
    const allLoose = definition.mappings.length === 1 && only?.properties.size === 0 ? only.loose : undefined;
    // What is inserted becomes entries of this mapping, so it is not itself one of its values.
    const inserted = allLoose === undefined || value.kind === 'mapping';
    this.#check(value, inserted ? ANY : allLoose.value);
  }

  finish(node: MappingNode): void {
    const { faults } = this.#checking;
    if (this.#candidates.length > 1) {
      faults.error('ambiguous-mapping', unclear(this.#candidates), node);
      return;
    }
    if (this.#hasExpressionKey) return;
    for (const [name, { required }] of this.#candidates[0]?.properties ?? []) {
      if (required && !this.#seen.has(name.toUpperCase())) {
        faults.error('missing-key', `Required property is missing: ${name}`, node);
      }
    }
  }

  #match(name: string): string | undefined {
    const matching = this.#candidates.filter(({ properties }) => properties.has(name));
    const [first] = matching;
    if (first === undefined) return undefined;
    this.#candidates = matching;
    return first.properties.get(name)?.type;
  }

  #expect(type: string): Expected {
    return expect(this.#checking, type, this.#expected.context);
  }

  #check(value: Node, type: string): void {
    check(value, this.#expect(type), this.#checking);
  }

  #suggest(name: string): string | undefined {
    const free = this.#candidates.flatMap(({ properties }) => [...properties.keys()]);
    const near = nearest(
      name,
      free.filter((key) => !this.#seen.has(key.toUpperCase())),
    );
    return near === undefined ? undefined : `did you mean "${near}"?`;
  }
}

/** Whoever names no kind of step hardly means these. */
const SELDOM_MEANT = new Set(['wait', 'wait-all', 'cancel', 'parallel']);

function unclear(candidates: readonly MappingDefinition[]): string {
  const names = candidates.flatMap(({ properties }) => [...properties.keys()]);
  const telling = names.filter((name) => names.indexOf(name) === names.lastIndexOf(name) && !SELDOM_MEANT.has(name));
  const list = telling.toSorted().join(', ');
  return `There's not enough info to determine what you meant. Add one of these properties: ${list}`;
}
