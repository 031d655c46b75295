/** Looking into nodes: what stands under a key, and what a scalar says. */
import { dataToString, hasExpression } from './expressions/index.ts';
import type { MappingEntry, MappingNode, Node, ScalarNode, TextNode } from './model.ts';

export function keyText(key: ScalarNode): string {
  return dataToString(key.value);
}

/** Under the first key with just this name. Undefined too when the node is no mapping. */
export function entryOf(node: Node | undefined, name: string): MappingEntry | undefined {
  return entriesOf(node).find(({ key }) => keyText(key) === name);
}

export function valueOf(node: Node | undefined, name: string): Node | undefined {
  return entryOf(node, name)?.value;
}

/** None when the node is no mapping. */
export function entriesOf(node: Node | undefined): readonly MappingEntry[] {
  return node?.kind === 'mapping' ? node.entries : [];
}

/** The node itself when it stands where a list may stand too. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  if (node === undefined || node.kind === 'mapping') return [];
  return node.kind === 'sequence' ? node.items : [node];
}

export function scalarOf(node: Node | undefined): ScalarNode | undefined {
  return node?.kind === 'scalar' ? node : undefined;
}

export function mappingOf(node: Node | undefined): MappingNode | undefined {
  return node?.kind === 'mapping' ? node : undefined;
}

/** A scalar that is no expression, as text. */
export function textOf(node: Node | undefined): TextNode | undefined {
  if (node?.kind !== 'scalar' || isExpression(node)) return undefined;
  return { ...node, value: dataToString(node.value) };
}

/** Every item that is a text. */
export function textsOf(node: Node | undefined): readonly TextNode[] {
  return itemsOf(node).flatMap((item) => textOf(item) ?? []);
}

export function isExpression(node: Node | undefined): boolean {
  return node?.kind === 'scalar' && typeof node.value === 'string' && hasExpression(node.value);
}

/** Whether an expression stands anywhere in the node, keys included: its value is not known yet. */
export function hasExpressions(node: Node): boolean {
  switch (node.kind) {
    case 'scalar':
      return isExpression(node);
    case 'sequence':
      return node.items.some(hasExpressions);
    case 'mapping':
      return node.entries.some(({ key, value }) => isExpression(key) || hasExpressions(value));
  }
}

/** The properties that have a value, for a model where absent keys are absent. */
export function present<T extends object>(properties: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as T;
}
