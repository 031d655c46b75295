/** Scalars against GitHub's schema: literals of the right kind, and expressions where they may be. */
import { checkNode, dataToString, hasExpression } from '../../expressions/index.ts';
import type { ScalarNode } from '../../model.ts';
import { keyText } from '../../nodes.ts';
import type { Faults } from '../faults.ts';
import { type Expected, type ScalarDefinition, vocabularyOf } from './definitions.ts';

const INSERT = /^\$\{\{\s*insert\s*\}\}$/;

export function checkScalar(node: ScalarNode, expected: Expected, faults: Faults): void {
  if (readsAsLiteral(node, expected, faults)) {
    if (!accepts(expected.definition.scalars, node)) unexpected(node, faults);
    return;
  }
  if (INSERT.test(keyText(node))) unexpected(node, faults);
  else if (expected.context.length === 0) {
    faults.error('expression', 'A template expression is not allowed in this context', node);
  }
}

/** The key as text; undefined when it is an expression. */
export function readKey(key: ScalarNode, expected: Expected, faults: Faults): string | undefined {
  return readsAsLiteral(key, expected, faults) ? keyText(key) : undefined;
}

/** An expression with a fault is told of, and from there on taken for text, as on GitHub. */
function readsAsLiteral(node: ScalarNode, { context }: Expected, faults: Faults): boolean {
  if (typeof node.value !== 'string' || !hasExpression(node.value)) return true;
  if (INSERT.test(node.value)) return false;
  const found = checkNode(node, vocabularyOf(context));
  for (const { message } of found) faults.error('expression', message, node);
  return found.length > 0;
}

function accepts(definitions: readonly ScalarDefinition[], { value }: ScalarNode): boolean {
  const text = dataToString(value);
  const kind = value === null ? 'null' : typeof value;
  return definitions.some((definition) => {
    if (definition.kind !== 'string') return definition.kind === kind;
    // What is no string becomes one where a string is wanted.
    if (definition.constant !== undefined) return definition.constant === text;
    return !definition.nonEmpty || text !== '';
  });
}

function unexpected(node: ScalarNode, faults: Faults): void {
  faults.error('unexpected-value', `Unexpected value '${keyText(node)}'`, node);
}
