/** Evaluates parts of a workflow file: scalars, sequences and mappings that may hold `${{ }}` anywhere. */
import { err, ok, type Result } from '../../shared/result.ts';
import type { SourceRange } from '../../shared/source.ts';
import type { Json } from '../json.ts';
import type { MappingNode, Node, ScalarNode } from '../model.ts';
import { type Budget, makeBudget } from './budget.ts';
import { dataToString } from './coercion.ts';
import { type Data, dataArray, dataObject, dataToJson, isPrimitive } from './data.ts';
import { evaluateWithin, type Scope, vocabularyOf } from './evaluate.ts';
import { ExpressionFailure } from './fault.ts';
import { foldCase } from './letter-case.ts';
import { checkNames, type Vocabulary } from './names.ts';
import { readTemplate, type Template } from './template-syntax.ts';
import type { Expression } from './tree.ts';

export interface NodeFault {
  readonly message: string;
  /** The scalar or mapping that is wrong, when it was read from a file. */
  readonly at?: SourceRange;
}

/** The node with everything evaluated. A scalar that is one expression keeps the type of its value. */
export function evaluateNode(node: Node, scope: Scope): Result<Json, NodeFault> {
  return run(node, scope, (evaluation) => dataToJson(evaluateAny(node, evaluation)));
}

/** The node as text, as GitHub writes it: null is '', numbers have 15 digits. Sequences and mappings are a fault. */
export function evaluateString(node: Node, scope: Scope): Result<string, NodeFault> {
  return run(node, scope, (evaluation) => asText(evaluateAny(node, evaluation)));
}

/** A mapping of texts, such as `env` and `with`; it may be one expression as a whole. Absent or null is empty. */
export function evaluateStrings(
  node: Node | undefined,
  scope: Scope,
): Result<Readonly<Record<string, string>>, NodeFault> {
  if (!node) return ok({});
  return run(node, scope, (evaluation) => {
    const data = evaluateAny(node, evaluation);
    if (data === null) return {};
    if (isPrimitive(data) || data.kind === 'array') throw new NodeFailure('A mapping was expected');
    return Object.fromEntries([...data.entries.values()].map(({ key, value }) => [key, asText(value)]));
  });
}

/** A scalar that must be a boolean, such as `continue-on-error`; `fallback` when it is absent or null. */
export function evaluateBoolean(
  node: ScalarNode | undefined,
  scope: Scope,
  fallback: boolean,
): Result<boolean, NodeFault> {
  if (!node) return ok(fallback);
  return run(node, scope, (evaluation) => {
    const value = evaluateScalar(node, evaluation) ?? fallback;
    return typeof value === 'boolean' ? value : unexpected(value);
  });
}

/** A scalar that must be a number, such as `timeout-minutes`; undefined when it is absent or null. */
export function evaluateNumber(node: ScalarNode | undefined, scope: Scope): Result<number | undefined, NodeFault> {
  if (!node) return ok(undefined);
  return run(node, scope, (evaluation) => {
    const value = evaluateScalar(node, evaluation) ?? undefined;
    return value === undefined || typeof value === 'number' ? value : unexpected(value);
  });
}

function unexpected(value: Data): never {
  throw new NodeFailure(`Unexpected value '${dataToString(value)}'`);
}

interface Evaluation {
  readonly scope: Scope;
  readonly budget: Budget;
  /** Made when it is first asked for: most nodes hold no expression. */
  readonly vocabulary: () => Vocabulary;
}

/** Becomes the fault of the nearest node around that has a place. */
class NodeFailure extends Error {
  readonly at: SourceRange | undefined;

  constructor(message: string, at?: SourceRange) {
    super(message);
    this.name = 'NodeFailure';
    this.at = at;
  }
}

function run<T>(node: Node, scope: Scope, evaluate: (evaluation: Evaluation) => T): Result<T, NodeFault> {
  let made: Vocabulary | undefined;
  const vocabulary = (): Vocabulary => {
    made ??= vocabularyOf(scope);
    return made;
  };
  try {
    return ok(evaluate({ scope, budget: makeBudget(), vocabulary }));
  } catch (error) {
    if (!(error instanceof NodeFailure)) throw error;
    const at = error.at ?? node.at;
    return err({ message: error.message, ...(at ? { at } : {}) });
  }
}

function evaluateAny(node: Node, evaluation: Evaluation): Data {
  switch (node.kind) {
    case 'scalar':
      return evaluateScalar(node, evaluation);
    case 'sequence':
      return dataArray(node.items.map((item) => evaluateAny(item, evaluation)));
    case 'mapping':
      return evaluateMapping(node, evaluation);
  }
}

function evaluateScalar(node: ScalarNode, evaluation: Evaluation): Data {
  const template = templateOf(node);
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'value':
      return evaluateAt(template.expression, node, evaluation);
    case 'mixed': {
      const texts = template.parts.map((part) => {
        return typeof part === 'string' ? part : dataToString(evaluateAt(part, node, evaluation));
      });
      placeFaults(node, () => texts.forEach((text) => evaluation.budget.spend(text.length)));
      return texts.join('');
    }
    case 'insert':
      throw new NodeFailure("The directive 'insert' is only allowed as a key of a mapping", node.at);
  }
}

type ScalarTemplate =
  | Exclude<Template, { kind: 'text' }>
  | { readonly kind: 'literal'; readonly value: ScalarNode['value'] };

function templateOf(node: ScalarNode): ScalarTemplate {
  if (typeof node.value !== 'string') return { kind: 'literal', value: node.value };
  const template = readTemplate(node.value);
  if (!template.ok) throw new NodeFailure(template.error, node.at);
  return template.value.kind === 'text' ? { kind: 'literal', value: template.value.text } : template.value;
}

function evaluateAt(expression: Expression, node: ScalarNode, { scope, budget, vocabulary }: Evaluation): Data {
  const [unknown] = checkNames(expression, vocabulary());
  if (unknown) throw new NodeFailure(unknown.message, node.at);
  return placeFaults(node, () => evaluateWithin(expression, scope, budget));
}

function placeFaults<T>(node: ScalarNode, evaluate: () => T): T {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof ExpressionFailure) throw new NodeFailure(error.fault.message, node.at);
    throw error;
  }
}

function evaluateMapping(node: MappingNode, evaluation: Evaluation): Data {
  const seen = new Set<string>();
  const entries: [string, Data][] = [];
  const add = (key: string, value: Data, at: SourceRange | undefined): void => {
    if (seen.has(foldCase(key))) throw new NodeFailure(`'${key}' is already defined`, at);
    seen.add(foldCase(key));
    entries.push([key, value]);
  };
  for (const { key, value } of node.entries) {
    if (templateOf(key).kind === 'insert') {
      for (const inserted of insertedEntries(value, evaluation)) add(inserted.key, inserted.value, key.at);
    } else {
      add(asText(evaluateScalar(key, evaluation)), evaluateAny(value, evaluation), key.at);
    }
  }
  return dataObject(entries);
}

function insertedEntries(node: Node, evaluation: Evaluation): Iterable<{ readonly key: string; readonly value: Data }> {
  const data = evaluateAny(node, evaluation);
  if (isPrimitive(data) || data.kind === 'array') throw new NodeFailure('A mapping was expected', node.at);
  return data.entries.values();
}

function asText(data: Data): string {
  if (isPrimitive(data)) return dataToString(data);
  throw new NodeFailure(`A ${data.kind === 'array' ? 'sequence' : 'mapping'} was not expected`);
}
