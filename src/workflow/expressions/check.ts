/** Finds what is wrong with expressions before anything runs. */
import type { SourceRange } from '../../shared/source.ts';
import type { Node, ScalarNode } from '../model.ts';
import { conditionExpression, conditionText } from './conditions.ts';
import { checkNames, type Vocabulary } from './names.ts';
import { hasExpression, splitText } from './segments.ts';
import { parseSyntax } from './syntax.ts';
import type { NodeFault } from './template.ts';
import { expressionsOf, readTemplate } from './template-syntax.ts';

/** Every fault of every expression in the node, in reading order. */
export function checkNode(node: Node, available: Vocabulary): readonly NodeFault[] {
  switch (node.kind) {
    case 'scalar':
      return checkScalar(node, available, 'value');
    case 'sequence':
      return node.items.flatMap((item) => checkNode(item, available));
    case 'mapping':
      return node.entries.flatMap(({ key, value }) => [
        ...checkScalar(key, available, 'key'),
        ...checkNode(value, available),
      ]);
  }
}

/** An `if`: an expression with braces or without. */
export function checkCondition(condition: ScalarNode | string, available: Vocabulary): readonly NodeFault[] {
  const text = typeof condition === 'string' ? condition : conditionText(condition);
  const at = typeof condition === 'string' ? undefined : condition.at;
  if (hasExpression(text)) {
    const segments = splitText(text);
    if (!segments.ok) return [fault(segments.error, at)];
  }
  const parsed = parseSyntax(conditionExpression(text));
  if (!parsed.ok) return [fault(parsed.error.message, at)];
  return checkNames(parsed.value, available).map(({ message }) => fault(message, at));
}

function checkScalar(node: ScalarNode, available: Vocabulary, role: 'key' | 'value'): readonly NodeFault[] {
  if (typeof node.value !== 'string') return [];
  const template = readTemplate(node.value);
  if (!template.ok) return faultsOfText(node.value, template.error, available).map((error) => fault(error, node.at));
  if (template.value.kind === 'insert' && role === 'value') {
    return [fault("The directive 'insert' is only allowed as a key of a mapping", node.at)];
  }
  const names = expressionsOf(template.value).flatMap((expression) => checkNames(expression, available));
  return names.map(({ message }) => fault(message, node.at));
}

/** Of a text that is no template: what is wrong in each of its expressions, not in the first alone. */
function faultsOfText(text: string, error: string, available: Vocabulary): readonly string[] {
  const segments = splitText(text);
  if (!segments.ok) return [error];
  const expressions = segments.value.filter(({ kind, text: part }) => kind === 'expression' && part !== 'insert');
  const faults = expressions.flatMap((expression) => {
    const parsed = parseSyntax(expression.text);
    return parsed.ok ? checkNames(parsed.value, available).map(({ message }) => message) : [parsed.error.message];
  });
  return faults.includes(error) ? faults : [...faults, error];
}

function fault(message: string, at: SourceRange | undefined): NodeFault {
  return at ? { message, at } : { message };
}
