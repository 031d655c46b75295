/** Reading a checked or unchecked tree of nodes: every accessor takes what it finds and gives up on what is not there. */
import type { Json, MappingEntry, MappingNode, Node, ScalarNode } from '../workflow/index.ts';

/** A text in the file, with its place. */
export interface Text {
  readonly text: string;
  readonly node: ScalarNode;
}

/** A key as text: YAML reads `1:` and `true:` as a number and a boolean, but a key is always a name here. */
export function keyText(key: ScalarNode): string {
  return String(key.value);
}

/** The entry of a mapping; of several with one name the last, as in JSON. Undefined for anything but a mapping. */
export function entryOf(node: Node | undefined, key: string): MappingEntry | undefined {
  if (node?.kind !== 'mapping') return undefined;
  return node.entries.findLast((entry) => keyText(entry.key) === key);
}

export function valueOf(node: Node | undefined, key: string): Node | undefined {
  return entryOf(node, key)?.value;
}

export function entriesOf(node: Node | undefined): readonly MappingEntry[] {
  return node?.kind === 'mapping' ? node.entries : [];
}

export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === 'sequence' ? node.items : [];
}

export function textOf(node: Node | undefined): Text | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? { text: node.value, node } : undefined;
}

export function textsOf(node: Node | undefined): readonly Text[] {
  return itemsOf(node).flatMap((item) => textOf(item) ?? []);
}

export function numberOf(node: Node | undefined): number | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'number' ? node.value : undefined;
}

export function mappingOf(node: Node | undefined): MappingNode | undefined {
  return node?.kind === 'mapping' ? node : undefined;
}

export function scalarOf(node: Node | undefined): ScalarNode | undefined {
  return node?.kind === 'scalar' ? node : undefined;
}

/** Plain JSON. `Object.fromEntries` defines own properties, so a key such as `__proto__` is a key like any other. */
export function jsonOf(node: Node): Json {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'sequence':
      return node.items.map(jsonOf);
    case 'mapping':
      return Object.fromEntries(node.entries.map((entry) => [keyText(entry.key), jsonOf(entry.value)]));
  }
}

/** All scalars below a node, mapping keys left out, in the order written. */
export function scalarsOf(node: Node | undefined): readonly ScalarNode[] {
  switch (node?.kind) {
    case undefined:
      return [];
    case 'scalar':
      return [node];
    case 'sequence':
      return node.items.flatMap(scalarsOf);
    case 'mapping':
      return node.entries.flatMap((entry) => scalarsOf(entry.value));
  }
}

/** The keys and indices of a JSON pointer, unescaped. */
export function pointerSegments(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The node that pointer segments lead to; undefined when the tree ends before. */
export function nodeAt(root: Node, segments: readonly string[]): Node | undefined {
  let node: Node | undefined = root;
  for (const segment of segments) {
    node = node?.kind === 'sequence' ? node.items[Number(segment)] : valueOf(node, segment);
  }
  return node;
}
